"""`triforce import`, against a real daemon."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.processes import Daemon, running
from tests.triforce_cli.conftest import Triforce

KEY = "gsk_8f3b1c9d7e5a2046"
USERS = {
    "anna@x.test": {"password_hash": hashlib.sha256(b"admin").hexdigest(), "tier": "enterprise", "name": "Anna"},
    "user@example.com": {"password_hash": "<wird automatisch generiert>", "tier": "free", "name": "Example User"},
}
NODES = {"version": "1.1", "nodes": {"backup": {"id": "backup", "role": "hub", "vpn_ip": "10.10.0.3", "port": 9100}}}


@pytest.fixture
def daemon(environ: dict[str, str], home: Path) -> Iterator[Daemon]:
    (home / "users.json").write_text(json.dumps(USERS))
    (home / "triforce.env").write_text(f"GROQ_API_KEY={KEY}\nANTHROPIC_API_KEY=sk-ant-your-key-here\nJWT_SECRET=x9\n")
    (home / "federation_nodes.json").write_text(json.dumps(NODES))
    with running(environ, "--set", "builtin.enabled=false", "--set", "vault.store=file") as daemon:
        yield daemon


def states(out: str) -> dict[str, str]:
    return {item["source"]: item["state"] for item in json.loads(out)["items"]}


def test_users_come_once_and_without_a_password(daemon: Daemon, triforce: Triforce, home: Path) -> None:
    wanted = {"anna@x.test": "new", "user@example.com": "refused"}
    seen = triforce("import", f"{home}/users.json", "--dry-run", "--json")
    assert (seen.status, states(seen.out)) == (0, wanted)
    assert daemon.call("GET", "/v1/users")[1]["items"] == []
    assert states(triforce("import", f"{home}/users.json", "--json").out) == wanted
    [user] = daemon.call("GET", "/v1/users")[1]["items"]
    assert (user["name"], user["tier"], user["password"], user["role"]) == ("anna", "unlimited", False, "user")
    again = triforce("import", f"{home}/users.json")
    assert (again.status, "there already" in again.out) == (0, True)


def test_keys_go_into_the_vault_and_are_shown_nowhere(daemon: Daemon, triforce: Triforce, home: Path) -> None:
    told: list[Any] = []
    for words in (("--dry-run", "--json"), ("--json",), ("--json",), ()):
        done = triforce("import", f"{home}/triforce.env", *words)
        assert done.status == 0
        told.append(done)
    assert [states(done.out)["GROQ_API_KEY"] for done in told[:3]] == ["new", "new", "there"]
    assert states(told[0].out)["ANTHROPIC_API_KEY"] == "refused"
    assert states(told[0].out)["JWT_SECRET"] == "refused"
    assert not any(KEY in done.out + done.err for done in told)
    kept = [key for key in daemon.call("GET", "/v1/keys")[1]["items"] if key["present"]]
    assert [(key["provider"], key["name"]) for key in kept] == [("groq", "groq-api-key")]
    assert KEY not in daemon.words()


def test_nodes_are_read_and_not_kept(daemon: Daemon, triforce: Triforce, home: Path) -> None:
    seen = triforce("import", f"{home}/federation_nodes.json", "--dry-run", "--json")
    assert states(seen.out) == {"backup": "left"}
    done = triforce("import", f"{home}/federation_nodes.json")
    assert (done.status, done.out) == (1, "")
    assert "no mesh yet" in done.err


@pytest.mark.parametrize("text", ["", "{", '{"a":1,"a":2}', "[" * 100_000, "[]"])
def test_another_file_is_said_to_be_none(triforce: Triforce, home: Path, text: str) -> None:
    (home / "x.json").write_text(text)
    assert triforce("import", f"{home}/x.json").status == 65


def test_a_file_that_is_not_there(triforce: Triforce, home: Path) -> None:
    assert triforce("import", f"{home}/missing.json").status == 2
