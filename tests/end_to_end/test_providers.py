"""All providers with the real programs: set up by variables and commands, listed, tested, asked, switched off."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.processes import running, triforce
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream
from triforce_daemon.setting_values import CATALOGUE

KEY = "a-good-key"


@pytest.fixture(scope="module")
def everybody() -> Iterator[RemoteUpstream]:
    with run_upstream() as upstream:
        upstream.set_github(retired=False)
        for name in CATALOGUE:
            if name != "ollama":
                upstream.accept(name, KEY)
        yield upstream


def environment(home: dict[str, str], upstream: RemoteUpstream) -> dict[str, str]:
    """Every provider played by `upstream`, every key in its usual variable; Ollama's address in its own."""
    addresses = {
        f"TRIFORCE_PROVIDERS_{name.upper()}_BASE_URL": upstream.base_url(name) for name in CATALOGUE if name != "ollama"
    }
    keys = ("GEMINI", "ANTHROPIC", "GROQ", "CEREBRAS", "MISTRAL", "OPENROUTER")
    return {
        **home,
        **addresses,
        **{f"{name}_API_KEY": KEY for name in keys},
        "GITHUB_TOKEN": KEY,
        "CLOUDFLARE_API_TOKEN": KEY,
        "OLLAMA_HOST": upstream.base_url("ollama"),
        "TRIFORCE_BUILTIN_ENABLED": "false",
        # What is meant for this machine goes to this machine.
        "HTTP_PROXY": "http://127.0.0.1:9",
    }


def items(environ: dict[str, str], *words: str, status: int = 0) -> list[dict]:
    done = triforce(environ, *words, "--json")
    assert done.stdout, done.stderr
    listed = json.loads(done.stdout)["items"]
    assert done.returncode == status, [item for item in listed if not item.get("ok", True)]
    return listed


@pytest.mark.timeout(60)
def test_nine_providers_from_their_variables_to_an_answer(home: dict[str, str], everybody: RemoteUpstream) -> None:
    environ = environment(home, everybody)
    with running(environ) as daemon:
        found = {item["name"]: item for item in items(environ, "providers", "test")}
        assert list(found) == list(CATALOGUE)
        assert {name: item["error"] for name, item in found.items() if not item["ok"]} == {}
        refreshed = items(environ, "models", "refresh")
        assert {item["provider"] for item in refreshed if item["ok"]} == set(CATALOGUE)
        listed = {item["name"]: item for item in items(environ, "providers", "list")}
        assert {name: item["state"] for name, item in listed.items()} == dict.fromkeys(CATALOGUE, "ok")
        assert all(item["models"] >= 8 for item in listed.values())
        for name in CATALOGUE:
            models = items(environ, "models", "list", "--provider", name)
            model = next(item["id"] for item in models if "chat" in item["abilities"] and item["state"] == "ok")
            tested = items(environ, "providers", "test", "--model", model)
            assert (tested[0]["ok"], tested[0]["model"]) == (True, model), tested
        assert KEY not in daemon.words()
    files = [path for path in Path(home["HOME"]).rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []


@pytest.mark.timeout(60)
def test_one_of_ones_own_and_a_switch(home: dict[str, str], everybody: RemoteUpstream) -> None:
    environ = {**home, "TRIFORCE_BUILTIN_ENABLED": "false"}
    url = everybody.base_url("compatible")
    assert triforce(environ, "config", "set", "providers.workshop.base_url", url).returncode == 0
    assert triforce(environ, "config", "set", "aliases.mine.models", "workshop/gpt-4o").returncode == 0
    with running(environ):
        assert triforce(environ, "providers", "test", "workshop").returncode == 0
        done = triforce(environ, "chat", "-m", "mine", "--no-log", "Hi")
        assert (done.returncode, bool(done.stdout.strip())) == (0, True), done.stderr
        assert triforce(environ, "providers", "disable", "workshop").returncode == 0
        done = triforce(environ, "chat", "-m", "workshop/gpt-4o", "Hi")
        assert done.returncode != 0
        assert b"switched off" in done.stderr
        assert triforce(environ, "providers", "enable", "workshop").returncode == 0
        assert triforce(environ, "chat", "-m", "workshop/gpt-4o", "Hi").returncode == 0
    assert triforce(environ, "config", "unset", "providers.workshop").returncode == 0
    done = triforce(environ, "config", "validate", "--json")
    assert json.loads(done.stdout)["ok"], done.stdout
