"""Which provider a path belongs to, and what is asked of it there."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

from tests.scriptable_upstream.providers import PROVIDERS, Provider

Kind = Literal[
    "chat",
    "responses",
    "messages",
    "count_tokens",
    "generate_content",
    "stream_content",
    "count_content",
    "embed_content",
    "embed_contents",
    "embeddings",
    "ollama_chat",
    "ollama_generate",
    "ollama_embed",
    "ollama_embed_prompt",
    "models",
    "model",
    "search",
    "tags",
    "show",
    "running",
    "pull",
    "delete",
    "version",
    "key",
]

#: What follows the base URL, by provider; `{model}` takes slashes and colons too.
OPENAI: dict[str, Kind] = {
    "POST /chat/completions": "chat",
    "POST /embeddings": "embeddings",
    "GET /models": "models",
    "GET /models/{model}": "model",
}
PATHS: dict[str, dict[str, Kind]] = {
    "openai": {**OPENAI, "POST /responses": "responses"},
    "compatible": {**OPENAI, "POST /responses": "responses"},
    "groq": {**OPENAI, "POST /responses": "responses"},
    "cerebras": OPENAI,
    "mistral": OPENAI,
    "openrouter": {**OPENAI, "GET /key": "key"},
    "github": {"POST /chat/completions": "chat", "POST /embeddings": "embeddings"},
    "cloudflare": {"POST /chat/completions": "chat", "POST /embeddings": "embeddings"},
    "anthropic": {
        "POST /messages": "messages",
        "POST /messages/count_tokens": "count_tokens",
        "GET /models": "models",
        "GET /models/{model}": "model",
    },
    "gemini": {
        "POST /models/{model}:generateContent": "generate_content",
        "POST /models/{model}:streamGenerateContent": "stream_content",
        "POST /models/{model}:countTokens": "count_content",
        "POST /models/{model}:embedContent": "embed_content",
        "POST /models/{model}:batchEmbedContents": "embed_contents",
        "GET /models": "models",
        "GET /models/{model}": "model",
    },
    "ollama": {
        "POST /api/chat": "ollama_chat",
        "POST /api/generate": "ollama_generate",
        "POST /api/embed": "ollama_embed",
        "POST /api/embeddings": "ollama_embed_prompt",
        "GET /api/tags": "tags",
        "POST /api/show": "show",
        "GET /api/ps": "running",
        "POST /api/pull": "pull",
        "DELETE /api/delete": "delete",
        "GET /api/version": "version",
    },
}
#: Where a provider's model list is not below its base URL.
ELSEWHERE: dict[str, tuple[str, Kind]] = {
    "GET /github/catalog/models": ("github", "models"),
    "GET /cloudflare/client/v4/accounts/{account}/ai/models/search": ("cloudflare", "search"),
}
#: Base URLs without a provider's name, for a client of which only host and port can be set.
BARE = {"openai": "/v1", "anthropic": "/v1", "gemini": "/v1beta", "ollama": ""}


@dataclass(frozen=True, slots=True)
class Route:
    provider: Provider
    kind: Kind
    model: str = ""


@lru_cache(maxsize=4096)
def find_route(method: str, path: str, anthropic: bool = False) -> Route | None:
    """`anthropic`: the request has that provider's headers, which decides where two share a path."""
    asked = f"{method} {path}"
    found: list[tuple[str, Kind, re.Match[str]]] = [
        (name, kind, match) for pattern, name, kind in _patterns() if (match := pattern.fullmatch(asked))
    ]
    if not found:
        return None
    chosen = next((each for each in found if (each[0] == "anthropic") == anthropic), found[0])
    name, kind, match = chosen
    return Route(PROVIDERS[name], kind, unquote(match.groupdict().get("model", "")))


def provider_of(path: str) -> Provider | None:
    """Whose path this is, also where nothing stands there."""
    return PROVIDERS.get(path.split("/")[1] if path.startswith("/") else "")


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern[str], str, Kind]]:
    bases = [(name, provider.base) for name, provider in PROVIDERS.items()] + list(BARE.items())
    below: list[tuple[re.Pattern[str], str, Kind]] = [
        (_below(base, path), name, kind) for name, base in bases for path, kind in PATHS[name].items()
    ]
    return below + [(_pattern(path), name, kind) for path, (name, kind) in ELSEWHERE.items()]


def _below(base: str, path: str) -> re.Pattern[str]:
    method, rest = path.split(" ", 1)
    return _pattern(f"{method} {base}{rest}")


def _pattern(path: str) -> re.Pattern[str]:
    named = re.escape(path).replace(r"\{model\}", "(?P<model>.+)").replace(r"\{account\}", "(?P<account>[^/]+)")
    return re.compile(named)
