"""`triforce.env` of the original: keys of providers, and secrets of its own that nobody needs here."""

import re
from collections.abc import Iterator, Mapping

from triforce_cli.errors import InputInvalid
from triforce_cli.imports.entry import Entry
from triforce_daemon.wire.known_secrets import why_known

#: Which provider a variable's key is for.
KEYS = {
    "ANTHROPIC_API_KEY": "anthropic",
    "CEREBRAS_API_KEY": "cerebras",
    "CLOUDFLARE_API_TOKEN": "cloudflare",
    "GEMINI_API_KEY": "gemini",
    "GOOGLE_AI_STUDIO_KEY": "gemini",
    "GOOGLE_GEMINI_KEY": "gemini",
    "GROQ_API_KEY": "groq",
    "MISTRAL_API_KEY": "mistral",
    "MIXTRAL_API_KEY": "mistral",
    "OLLAMA_BEARER_TOKEN": "ollama",
    "OPENROUTER_API_KEY": "openrouter",
}
#: Keys of what speaks OpenAI's API: it can be had here with an address.
ELSEWHERE = {
    "FIREWORKS_API_KEY": "https://api.fireworks.ai/inference/v1",
    "OPENAI_API_KEY": "https://api.openai.com/v1",
    "TOGETHER_API_KEY": "https://api.together.xyz/v1",
}
SETTINGS = {"CLOUDFLARE_ACCOUNT_ID": "providers.cloudflare.account", "OLLAMA_HOST": "providers.ollama.base_url"}
_USUAL_OLLAMA = re.compile(r"https?://(?:localhost|127\.0\.0\.1):11434/?")
#: What protects something of the original's.
_SECRET = re.compile(r"(?:SECRET|PASSWORD|PASS|PSK|TOKEN|_KEY)$")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")


def read(text: str) -> list[Entry]:
    """What of the file has a place here, and what of its secrets has none. Raises InputInvalid."""
    found = _variables(text)
    entries = [*_keys(found), *_settings(found), *_others(found)]
    if not found:
        raise InputInvalid("This is no triforce.env: lines like NAME=value were expected.")
    return entries


def _variables(text: str) -> dict[str, str]:
    """Of a variable that is set twice the last one counts, as for a shell."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match is not None:
            found[match[1]] = _unquoted(match[2])
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return re.sub(r"(^|\s+)#.*$", "", value)


def _keys(found: Mapping[str, str]) -> Iterator[Entry]:
    seen: set[tuple[str, str]] = set()
    for variable, provider in KEYS.items():
        secret = found.get(variable, "")
        if not secret:
            continue
        if (reason := why_known(secret)) is not None:
            yield Entry("key", variable, None, "refused", f"It {reason}.")
        elif (provider, secret) in seen:
            yield Entry("key", variable, None, "left", f"It is a key of {provider} that stands in the file already.")
        else:
            seen.add((provider, secret))
            name = variable.lower().replace("_", "-")
            yield Entry("key", variable, f"{provider}/{name}", "new", None, {"name": name, "secret": secret})


def _settings(found: Mapping[str, str]) -> Iterator[Entry]:
    for variable, key in SETTINGS.items():
        value = found.get(variable, "")
        if value and why_known(value) is None and not _USUAL_OLLAMA.fullmatch(value):
            yield Entry("setting", variable, key, "new", "It counts from the next start.", {"value": value})


def _others(found: Mapping[str, str]) -> Iterator[Entry]:
    for variable, value in found.items():
        if variable in KEYS or not value or not _SECRET.search(variable):
            continue
        reason = why_known(value)
        if variable in ELSEWHERE and reason is None:
            yield Entry("key", variable, None, "left", _how_to_have(variable))
        elif reason is not None:
            yield Entry("secret", variable, None, "refused", f"It {reason}.")
        else:
            yield Entry("secret", variable, None, "left", "The daemon makes its own secrets, or has no use for it.")


def _how_to_have(variable: str) -> str:
    name = variable.partition("_")[0].lower()
    return f"triforce config set providers.{name}.base_url {ELSEWHERE[variable]} && triforce keys set {name}"
