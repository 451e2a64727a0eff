"""`triforce connect`: another program's files, a token of its own, and the way back."""

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import MODEL, STATUS
from tests.triforce_daemon.disks import read_only
from triforce_cli.clients.all import CLIENTS as ALL
from triforce_cli.commands.connect import Name

URL = "http://127.0.0.1:9000"
CLIENTS = ("codex", "claude", "gemini", "opencode")
#: Where each keeps what it is told, below HOME.
FILES = {
    "codex": [".codex/config.toml"],
    "claude": [".claude/settings.json"],
    "gemini": [".gemini/settings.json", ".gemini/.env"],
    "opencode": [".config/opencode/opencode.json"],
}


def made(number: int) -> dict[str, Any]:
    return {"id": f"id{number}", "name": "x", "token": f"tf_secret{number}"}


@pytest.fixture
def daemon(fake_daemon: FakeDaemon) -> FakeDaemon:
    fake_daemon.answers("GET", "/v1/status", {**STATUS, "daemon": {**STATUS["daemon"], "listen": [URL]}})
    fake_daemon.answers("GET", "/v1/config", {"items": [{"key": "http.port", "value": 9000}], "file": "x"})
    fake_daemon.refuses("GET", "/v1/registry/models/default", 404, "model_not_found")
    for model in ("groq/a", "m"):
        fake_daemon.answers("GET", f"/v1/registry/models/{model}", {**MODEL, "id": model})
    for number in (1, 2, 3):
        fake_daemon.answers("POST", "/v1/tokens", made(number))
        fake_daemon.answers("DELETE", f"/v1/tokens/id{number}", made(number))
    return fake_daemon


def asked(daemon: FakeDaemon, method: str) -> list[Any]:
    return [one.body or one.path for one in daemon.asked if one.method == method]


def everything(home: Path) -> dict[str, tuple[bytes, int]]:
    """All files below `home` but the daemon's, with their permissions."""
    files = [path for path in home.rglob("*") if path.is_file() and "run" not in path.parts]
    return {str(path.relative_to(home)): (path.read_bytes(), path.stat().st_mode & 0o777) for path in files}


@pytest.mark.parametrize("client", CLIENTS)
def test_it_is_told_where_triforce_is_and_forgets_it_again(
    daemon: FakeDaemon, triforce: Triforce, home: Path, client: str
) -> None:
    before = everything(home)
    done = triforce("connect", client)
    assert (done.status, done.out) == (0, "")
    assert f"triforce connect {client} --undo" in done.err
    written = everything(home)
    told = "".join(written[file][0].decode() for file in FILES[client])
    assert URL in told
    assert {mode for _, mode in written.values()} == {0o600}
    assert asked(daemon, "POST") == [{"name": client, "scopes": ["inference"], "models": [], "boundary": "any"}]
    assert triforce("connect", client, "--undo").status == 0
    assert everything(home) == before
    assert asked(daemon, "DELETE") == ["/v1/tokens/id1"]
    assert not (home / FILES[client][0]).parent.exists()


@pytest.mark.parametrize("client", CLIENTS)
def test_the_token_stands_in_no_file_but_its_own_where_the_program_can_read_one(
    daemon: FakeDaemon, triforce: Triforce, home: Path, client: str
) -> None:
    done = triforce("connect", client, "--json")
    holding = [file for file, (content, _) in everything(home).items() if b"tf_secret1" in content]
    own = f".local/state/triforce/connect/{client}.token"
    assert holding == ([own] if client != "gemini" else sorted([own, ".gemini/.env"], key=holding.index))
    assert "tf_secret" not in done.out + done.err
    assert json.loads(done.out)["token"] == "id1"


def test_every_client_can_be_named() -> None:
    assert get_args(Name) == tuple(ALL) == CLIENTS


def test_codex_reads_its_token_by_a_command(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    triforce("connect", "codex", "--model", "groq/a")
    told = tomllib.loads((home / ".codex/config.toml").read_text())
    assert (told["model"], told["model_provider"]) == ("groq/a", "triforce")
    assert told["model_context_window"] == MODEL["context"]
    auth = told["model_providers"]["triforce"]["auth"]
    assert subprocess.check_output([auth["command"], *auth["args"]], text=True) == "tf_secret1"


def test_a_model_that_there_is_not_is_told_and_nothing_made(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.refuses("GET", "/v1/registry/models/grok/a", 404, "model_not_found", near=["groq/a"])
    done = triforce("connect", "codex", "--model", "grok/a")
    assert done.status == 5
    assert "groq/a" in done.err
    assert asked(daemon, "POST") == []


def test_its_model_and_boundary_bind_its_token(daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("connect", "opencode", "--model", "groq/a", "--model", "groq/b", "--boundary", "mesh", "--json")
    assert json.loads(done.out)["model"] == "groq/a"
    told = {"name": "opencode", "scopes": ["inference"], "models": ["groq/a", "groq/b"], "boundary": "mesh"}
    assert asked(daemon, "POST") == [told]


def test_given_twice_the_token_is_replaced_and_the_way_back_stays(
    daemon: FakeDaemon, triforce: Triforce, home: Path
) -> None:
    config = home / ".codex/config.toml"
    config.parent.mkdir()
    config.write_text('model = "mine" # always\n')
    before = everything(home)
    for _ in range(2):
        assert triforce("connect", "codex").status == 0
    assert asked(daemon, "DELETE") == ["/v1/tokens/id1"]
    token = home / ".local/state/triforce/connect/codex.token"
    assert token.read_text() == "tf_secret2"
    assert triforce("connect", "codex", "--undo").status == 0
    assert everything(home) == before
    assert asked(daemon, "DELETE") == ["/v1/tokens/id1", "/v1/tokens/id2"]


def test_a_dry_run_shows_the_difference_and_does_nothing(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    before = everything(home)
    shown = triforce("connect", "gemini", "--dry-run").out
    assert f"+GOOGLE_GEMINI_BASE_URL={URL}" in shown
    assert json.loads(triforce("connect", "gemini", "--dry-run", "--json").out)["client"] == "gemini"
    assert everything(home) == before
    assert asked(daemon, "POST") == []
    triforce("connect", "gemini")
    assert f"-GOOGLE_GEMINI_BASE_URL={URL}" in triforce("connect", "gemini", "--undo", "--dry-run").out
    assert (home / ".gemini/.env").exists()


def test_a_dry_run_needs_no_daemon_and_starts_none(triforce: Triforce, home: Path) -> None:
    assert f"{URL}/v1" in triforce("connect", "codex", "--dry-run").out
    assert everything(home) == {}


def test_the_list_tells_who_is_connected(daemon: FakeDaemon, triforce: Triforce) -> None:
    triforce("connect", "codex")
    items = json.loads(triforce("connect", "--json").out)["items"]
    assert [(item["client"], item["connected"]) for item in items] == [
        ("codex", True), ("claude", False), ("gemini", False), ("opencode", False),
    ]  # fmt: skip
    assert items[0]["url"] == URL
    assert triforce("connect", "-q").out.split() == list(CLIENTS)


def test_what_is_not_connected_cannot_be_undone(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("connect", "codex", "--undo").status == 5
    assert triforce("connect", "--undo").status == 2


def test_a_damaged_file_makes_no_token(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    (home / ".claude").mkdir()
    (home / ".claude/settings.json").write_text("{")
    done = triforce("connect", "claude")
    assert done.status == 65
    assert "settings.json" in done.err
    assert asked(daemon, "POST") == []


def test_where_it_cannot_be_written_the_token_is_revoked(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    (home / ".codex").mkdir()
    with read_only(str(home / ".codex")):
        assert triforce("connect", "codex").status == 1
    assert asked(daemon, "DELETE") == ["/v1/tokens/id1"]
    assert not (home / ".local/state/triforce/connect/codex.token").exists()
    assert not (home / ".local/state/triforce/connect/codex.json").exists()


def test_a_variable_that_wins_over_the_files_is_told(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert "GEMINI_API_KEY in your environment" in triforce("connect", "gemini", GEMINI_API_KEY="x").err
    assert "GEMINI_API_KEY" not in triforce("connect", "gemini").err


def test_a_programs_own_variable_says_where_its_files_are(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    variables = {
        "codex": ("CODEX_HOME", "elsewhere", "elsewhere/config.toml"),
        "claude": ("CLAUDE_CONFIG_DIR", "elsewhere", "elsewhere/settings.json"),
        "gemini": ("GEMINI_CLI_HOME", "elsewhere", "elsewhere/.gemini/.env"),
        "opencode": ("XDG_CONFIG_HOME", "elsewhere", "elsewhere/opencode/opencode.json"),
    }
    for client, (variable, folder, file) in variables.items():
        assert triforce("connect", client, **{variable: str(home / folder)}).status == 0
        assert (home / file).exists()


def test_opencode_with_remarks_keeps_them(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    config = home / ".config/opencode/opencode.jsonc"
    config.parent.mkdir(parents=True)
    mine = '{\n\t// mine\n\t"theme": "dark", // very\n}\n'
    config.write_text(mine)
    assert triforce("connect", "opencode").status == 0
    changed = config.read_text()
    assert changed.startswith('{\n\t// mine\n\t"theme": "dark", // very\n\t"provider": {\n\t\t"triforce": {\n')
    assert not config.with_name("opencode.json").exists()
    assert triforce("connect", "opencode", "--undo").status == 0
    assert config.read_text() == mine


def test_keys_of_claudes_own_would_win_and_come_back_afterwards(
    daemon: FakeDaemon, triforce: Triforce, home: Path
) -> None:
    settings = home / ".claude/settings.json"
    settings.parent.mkdir()
    mine = {"env": {"ANTHROPIC_API_KEY": "sk-mine", "OTHER": "1"}, "permissions": {"allow": ["Bash(ls)"]}}
    settings.write_text(json.dumps(mine))
    triforce("connect", "claude", "--model", "m")
    told = json.loads(settings.read_text())
    assert told["permissions"] == mine["permissions"]
    assert told["env"] == {
        "OTHER": "1", "ANTHROPIC_BASE_URL": URL, "ANTHROPIC_MODEL": "m", "ANTHROPIC_DEFAULT_HAIKU_MODEL": "m",
    }  # fmt: skip
    settings.write_text(json.dumps({**told, "added": True}))
    triforce("connect", "claude", "--undo")
    assert json.loads(settings.read_text()) == {**mine, "added": True}
