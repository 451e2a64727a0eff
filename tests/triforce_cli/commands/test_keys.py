"""`triforce keys`: what goes in stays in, and what is missing is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli import replies
from tests.triforce_cli.conftest import OnTerminal, Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import ENTER, Person
from tests.triforce_cli.replies import NOW
from triforce_cli.commands.keys import page
from triforce_cli.output.paint import Paint
from triforce_daemon.wire.keys import Key, KeyKept, KeyList, KeyPlaces, KeyRemoved, KeyTestList, VaultStatus

SECRET = "gsk_canary_4f9a"
VAULT: VaultStatus = {"state": "open", "path": "/s/vault/keys.sealed", "key": "keyring", "reason": None, "fix": None}
KEY: Key = {
    "provider": "groq", "name": "work", "present": True, "store": "keyring", "used": True, "reason": None,
    "last_used": NOW, "last_test": {"at": NOW, "state": "ok", "status": 200, "reason": None},
}  # fmt: skip
NONE: Key = {
    "provider": "mistral", "name": None, "present": False, "store": None, "used": False, "reason": None,
    "last_used": None, "last_test": None,
}  # fmt: skip
LIST: KeyList = {"schema": "triforce.keys.list/1", "vault": VAULT, "items": [KEY, NONE], "next": None}
CLOSED: VaultStatus = {**VAULT, "state": "closed", "key": None, "reason": "It is locked.", "fix": "Unlock it."}
KEPT: KeyKept = {
    "schema": "triforce.keys.set/1", "provider": "groq", "name": "default", "store": "keyring", "replaced": False,
    "hides": [], "reason": None,
}  # fmt: skip
REMOVED: KeyRemoved = {"schema": "triforce.keys.remove/1", "provider": "groq", "name": "work", "next": None}
TESTED: dict[str, Any] = {
    "provider": "groq", "name": "work", "ok": True, "state": "ok", "status": 200, "latency_ms": 12.5,
    "reason": None, "fix": None,
}  # fmt: skip
TESTS: KeyTestList = {"schema": "triforce.keys.test/1", "items": [TESTED], "next": None}  # type: ignore[list-item]
PLACES: KeyPlaces = {
    "schema": "triforce.keys.where/1", "vault": VAULT, "provider": "groq", "winner": "environment", "next": None,
    "items": [
        {"source": "vault", "place": "/s/vault/keys.sealed", "names": [], "used": False, "reason": "There is none."},
        {"source": "credential", "place": "/run/c", "names": ["c"], "used": False, "reason": "Others come first."},
        {"source": "environment", "place": "GROQ_API_KEY", "names": ["GROQ_API_KEY"], "used": True, "reason": None},
    ],
}  # fmt: skip


@pytest.fixture
def daemon(fake_daemon: FakeDaemon, monkeypatch: pytest.MonkeyPatch) -> FakeDaemon:
    canned = {
        ("GET", "/v1/keys"): LIST,
        ("PUT", "/v1/keys/groq"): KEPT,
        ("DELETE", "/v1/keys/groq"): REMOVED,
        ("POST", "/v1/keys/test"): TESTS,
        ("GET", "/v1/keys/where"): PLACES,
    }
    for route, reply in canned.items():
        monkeypatch.setitem(replies.CANNED, route, reply)
    return fake_daemon


def sent(daemon: FakeDaemon) -> list[Any]:
    return [asked.body for asked in daemon.asked if asked.method == "PUT"]


def test_a_key_comes_from_standard_input(daemon: FakeDaemon, spawn: Spawn) -> None:
    done = spawn("keys", "set", "groq", "--name", "work", stdin=f"{SECRET}\n")
    assert (done.status, done.out) == (0, "")
    assert done.err == "Kept the key default of groq.\n"
    assert sent(daemon) == [{"name": "work", "secret": f"{SECRET}\n"}]
    assert spawn("keys", "set", "groq", "-", stdin=SECRET).status == 0
    assert sent(daemon)[-1] == {"name": "default", "secret": SECRET}


def test_a_key_comes_from_a_file(daemon: FakeDaemon, triforce: Triforce, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    done = triforce("keys", "set", "groq", f"@{tmp_path}/key", "--json")
    assert json.loads(done.out) == KEPT
    assert sent(daemon) == [{"name": "default", "secret": SECRET}]
    assert triforce("keys", "set", "groq", f"@{tmp_path}/none").status == 2


def test_a_key_is_typed_unseen(daemon: FakeDaemon, environ: dict[str, str]) -> None:
    with Person("keys", "set", "groq", environ=environ) as person:
        person.waits_for("Key for groq (not shown):")
        person.type(f"{SECRET}{ENTER}")
        assert person.waits_for_the_end() == 0
        assert not person.sees(SECRET)
        assert person.sees("Kept the key")
    assert sent(daemon) == [{"name": "default", "secret": SECRET}]


def test_a_key_is_no_word_of_the_command_line(daemon: FakeDaemon, triforce: Triforce) -> None:
    for words in (("groq", SECRET), ("groq", "--key", SECRET), ("groq", f"--key={SECRET}"), ("groq", "--json", SECRET)):
        done = triforce("keys", "set", *words)
        assert done.status == 2
        assert SECRET not in done.err + done.out
    assert daemon.asked == []


def test_nobody_is_asked_where_that_is_not_wanted(daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    done = on_terminal("keys", "set", "groq", "--no-input")
    assert (done.status, sent(daemon)) == (2, [])
    assert "standard input" in done.out


def test_what_a_new_key_changes_is_said(daemon: FakeDaemon, spawn: Spawn) -> None:
    changed = {**KEPT, "replaced": True, "hides": ["GROQ_API_KEY"], "store": "file", "reason": "There is no keyring."}
    daemon.answers("PUT", "/v1/keys/groq", changed)
    said = spawn("keys", "set", "groq", stdin=SECRET).err
    assert said.startswith("Renewed the key default of groq. It is used instead of GROQ_API_KEY.")
    assert "There is no keyring." in said


def test_list(daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    assert triforce("keys", "list", "-q").out == "groq\nmistral\n"
    assert json.loads(triforce("keys", "ls", "--json").out) == LIST
    shown = on_terminal("keys", "list", columns=140).out
    assert "keyring" in shown
    assert "ok " in shown
    assert "ago" in shown


def test_a_closed_vault_is_said_below_the_list(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.answers("GET", "/v1/keys", {**LIST, "vault": CLOSED})
    done = triforce("keys", "list")
    assert (done.status, done.err) == (0, "The vault cannot be opened: It is locked. Unlock it.\n")
    assert triforce("keys", "list", "--json").err == ""


def test_a_key_that_is_refused_is_a_failure(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("keys", "test").status == 0
    assert daemon.asked[-1].body == {"providers": []}
    failed = {**TESTED, "ok": False, "state": "key-rejected", "status": 401, "reason": "Invalid.", "fix": "Renew it."}
    daemon.answers("POST", "/v1/keys/test", {**TESTS, "items": [TESTED, failed]})
    done = triforce("keys", "test", "groq", "mistral")
    assert (done.status, daemon.asked[-1].body) == (1, {"providers": ["groq", "mistral"]})
    assert "groq\twork\tkey-rejected\t12.5\tInvalid.\tRenew it.\n" in done.out


def test_there_is_nothing_to_test(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.answers("POST", "/v1/keys/test", {**TESTS, "items": []})
    done = triforce("keys", "test")
    assert (done.status, done.out) == (0, "")
    assert "triforce keys set" in done.err


def test_remove(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("keys", "remove", "groq").status == 6
    assert daemon.asked == []
    done = triforce("keys", "remove", "groq", "--yes")
    assert (done.status, done.err) == (0, "Removed the key work of groq.\n")
    assert daemon.asked[-1].query == {}
    daemon.answers("DELETE", "/v1/keys/groq", {**REMOVED, "next": "environment"})
    assert "a key of the environment is used" in triforce("keys", "rm", "groq", "--name", "work", "-y").err
    assert daemon.asked[-1].query == {"name": "work"}


def test_where(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert json.loads(triforce("keys", "where", "groq", "--json").out) == PLACES
    assert daemon.asked[-1].query == {"provider": "groq"}
    lines = triforce("keys", "where", "groq").out.splitlines()
    assert lines[0].split() == ["vault", "open"]
    assert lines[2].endswith("is in your session's keyring")
    assert lines[3].split(maxsplit=1) == ["vault", "There is none."]
    assert "c: Others come first." in lines[5]
    assert lines[7].split() == ["environment", "GROQ_API_KEY"]


@pytest.mark.parametrize(
    ("vault", "words"),
    [
        (CLOSED, ["closed", "It is locked.", "Unlock it."]),
        ({**VAULT, "state": "empty", "key": "file", "reason": "No keyring."}, ["will be in a file", "No keyring."]),
        ({**VAULT, "key": "credential"}, ["is systemd's credential"]),
    ],
)
def test_how_the_vault_is(vault: VaultStatus, words: list[str]) -> None:
    shown = page({**PLACES, "vault": vault, "items": []}, Paint(False))
    assert all(word in shown for word in words)


def test_an_unknown_provider_is_not_found(daemon: FakeDaemon, spawn: Spawn) -> None:
    daemon.refuses("PUT", "/v1/keys/grok", 404, "provider_not_found", near=["groq"])
    done = spawn("keys", "set", "grok", stdin=SECRET)
    assert done.status == 5
    assert "Did you mean: groq" in done.err


@pytest.mark.parametrize(
    ("code", "status", "exit_status"),
    [("key_malformed", 400, 65), ("vault_unavailable", 503, 1), ("key_not_found", 404, 5)],
)
def test_each_refusal_has_its_status(
    daemon: FakeDaemon, spawn: Spawn, code: str, status: int, exit_status: int
) -> None:
    daemon.refuses("PUT", "/v1/keys/groq", status, code)
    assert spawn("keys", "set", "groq", stdin=SECRET).status == exit_status
