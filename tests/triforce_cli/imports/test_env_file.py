"""`triforce.env` as the original has it: its example, and one that was filled in."""

import secrets

import pytest

from triforce_cli.errors import InputInvalid
from triforce_cli.imports.env_file import KEYS, read

#: Lines of the examples that the original ships.
EXAMPLE = """\
# TRIFORCE AI BACKEND - ENVIRONMENT CONFIGURATION
DOMAIN=your-domain.com
LOG_LEVEL=INFO
ANTHROPIC_API_KEY=sk-ant-your-key-here
GEMINI_API_KEY=your_gemini_api_key_here
GROQ_API_KEY=gsk_your-groq-key
CEREBRAS_API_KEY=
CLOUDFLARE_ACCOUNT_ID=your-account-id
CLOUDFLARE_API_TOKEN=your-cf-token
OLLAMA_HOST=http://localhost:11434
OLLAMA_BEARER_TOKEN=
JWT_SECRET=generate-a-random-64-char-string-here
MCP_OAUTH_PASS=change-this-password
FEDERATION_SECRET=ailinux-federation-2025
MYSQL_ROOT_PASSWORD=__GENERATE_SECRET_32__
"""


def test_of_an_example_nothing_is_taken() -> None:
    states = {entry.source: entry.state for entry in read(EXAMPLE)}
    assert set(states.values()) == {"refused"}
    assert {"ANTHROPIC_API_KEY", "JWT_SECRET", "FEDERATION_SECRET", "MYSQL_ROOT_PASSWORD"} <= states.keys()


def test_keys_have_their_places_and_their_own_secrets_none() -> None:
    keys = {variable: f"k-{secrets.token_hex(16)}" for variable in (*KEYS, "OPENAI_API_KEY", "JWT_SECRET")}
    entries = {entry.source: entry for entry in read("".join(f"{name}={value}\n" for name, value in keys.items()))}
    for variable, provider in KEYS.items():
        name = variable.lower().replace("_", "-")
        assert entries[variable].name == f"{provider}/{name}"
        assert entries[variable].body == {"name": name, "secret": keys[variable]}
    assert (entries["OPENAI_API_KEY"].state, entries["JWT_SECRET"].state) == ("left", "left")
    assert "providers.openai.base_url" in str(entries["OPENAI_API_KEY"].note)
    told = str([entry.item() for entry in entries.values()])
    assert [value for value in keys.values() if value in told] == []


def test_a_key_that_stands_twice_is_taken_once() -> None:
    entries = read("GEMINI_API_KEY=AIza0123456789abcdef\nGOOGLE_GEMINI_KEY=AIza0123456789abcdef\n")
    assert [entry.state for entry in entries] == ["new", "left"]


def test_settings_that_say_more_than_the_usual() -> None:
    text = "CLOUDFLARE_ACCOUNT_ID=abc123\nOLLAMA_HOST=http://10.0.0.5:11434\nOLLAMA_BASE=http://localhost:11434/api\n"
    assert {entry.name: entry.body for entry in read(text)} == {
        "providers.cloudflare.account": {"value": "abc123"},
        "providers.ollama.base_url": {"value": "http://10.0.0.5:11434"},
    }


@pytest.mark.parametrize(
    "line",
    [
        "GROQ_API_KEY={}",
        'GROQ_API_KEY="{}"',
        "export GROQ_API_KEY='{}'",
        " GROQ_API_KEY = {}  # mine",
        "GROQ_API_KEY={}\r",
    ],
)
def test_lines_are_read_as_a_shell_reads_them(line: str) -> None:
    [entry] = read("GROQ_API_KEY=gsk_earlier0123456789\n" + line.format("gsk_0123456789abcdef") + "\n")
    assert (entry.body or {})["secret"] == "gsk_0123456789abcdef"


def test_another_file_is_none() -> None:
    with pytest.raises(InputInvalid, match=r"triforce\.env"):
        read("just some text\n")
