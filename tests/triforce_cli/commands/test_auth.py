"""`triforce auth token`."""

import json
from typing import Any, get_args

import pytest

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW, STATUS
from triforce_cli.commands.auth import SCOPES, Boundary
from triforce_daemon.wire.boundary import Boundary as WireBoundary
from triforce_daemon.wire.tokens import NewToken, Scope, Token, TokenDetail

SECRET = "tf_0123456789abcdef"
TOKEN: Token = {
    "id": "k3v9x2m7q4ab", "name": "ci", "scopes": ["inference"], "models": ["groq/*"], "boundary": "mesh",
    "created": NOW, "expires": None, "last_used": NOW, "revoked": None,
}  # fmt: skip
MADE: NewToken = {**TOKEN, "schema": "triforce.tokens.create/1", "token": SECRET}
REVOKED: TokenDetail = {**TOKEN, "schema": "triforce.tokens.revoke/1", "revoked": NOW}
LIST = {"schema": "triforce.tokens.list/1", "items": [TOKEN], "next": None}


@pytest.fixture
def daemon(fake_daemon: FakeDaemon) -> FakeDaemon:
    fake_daemon.answers("GET", "/v1/tokens", LIST)
    fake_daemon.answers("POST", "/v1/tokens", MADE)
    fake_daemon.answers("DELETE", "/v1/tokens/ci", REVOKED)
    return fake_daemon


def posted(daemon: FakeDaemon) -> Any:
    return next(asked.body for asked in daemon.asked if asked.method == "POST")


def test_where_tokens_are_asked_for_nothing_more_is_said(daemon: FakeDaemon, triforce: Triforce) -> None:
    listening = {**STATUS["daemon"], "listen": ["http://127.0.0.1:9000"]}
    daemon.answers("GET", "/v1/status", {**STATUS, "daemon": listening})
    assert "http.enabled" not in triforce("auth", "token", "create", "ci").err


def test_a_new_token_is_all_that_is_printed(daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("auth", "token", "create", "ci")
    assert done.out == SECRET + "\n"
    assert "not shown again" in done.err
    assert "http.enabled" in done.err
    assert posted(daemon) == {"name": "ci", "models": [], "boundary": "any", "expires": None}
    assert triforce("auth", "token", "create", "ci", "-q").out == SECRET + "\n"
    assert json.loads(triforce("auth", "token", "create", "ci", "--json").out) == MADE


def test_it_can_be_narrowed(daemon: FakeDaemon, triforce: Triforce) -> None:
    narrow = ("--scope", "read", "--scope", "inference", "--model", "groq/*", "--model", "x", "--boundary", "machine")
    triforce("auth", "token", "create", "ci", *narrow, "--expires", "2999-01-01T00:00:00Z")
    assert posted(daemon) == {
        "name": "ci", "scopes": ["read", "inference"], "models": ["groq/*", "x"], "boundary": "machine",
        "expires": "2999-01-01T00:00:00.000Z",
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [("--scope", "owner"), ("--boundary", "moon"), ("--expires", "soon"), ()])
def test_what_makes_no_sense_is_wrong_usage(daemon: FakeDaemon, triforce: Triforce, wrong: tuple[str, ...]) -> None:
    name = ("ci",) if wrong else ()
    assert triforce("auth", "token", "create", *name, *wrong).status == 2
    assert [asked for asked in daemon.asked if asked.path == "/v1/tokens"] == []


def test_the_list_has_no_secret_and_a_person_reads_it(
    daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal
) -> None:
    assert triforce("auth", "token", "list", "-q").out == TOKEN["id"] + "\n"
    assert json.loads(triforce("auth", "token", "list", "--json").out) == LIST
    shown = on_terminal("auth", "token", "list", columns=120).out
    assert "inference" in shown
    assert "groq/*" in shown
    assert "REVOKED" not in shown
    assert "REVOKED" in on_terminal("auth", "token", "list", "--revoked", columns=140).out
    assert daemon.asked[-1].query == {"revoked": "true"}


def test_revoke(daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("auth", "token", "revoke", "ci")
    assert (done.status, done.out, done.err) == (0, "", "Revoked ci.\n")
    reply = json.loads(triforce("auth", "token", "revoke", "ci", "--json").out)
    assert reply["items"] == [REVOKED]


def test_a_nested_command_has_help_and_knows_what_was_meant(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert "--boundary" in triforce("auth", "token", "create", "--help").out
    assert "--json" in triforce("auth", "token", "--help").out
    wrong = triforce("auth", "token", "creat")
    assert wrong.status == 2
    assert "triforce auth token create" in wrong.err


def test_its_words_are_the_daemons() -> None:
    assert get_args(Scope) == SCOPES
    assert get_args(Boundary) == get_args(WireBoundary)


OWNER = {
    "schema": "triforce.auth.whoami/1", "kind": "owner", "name": "anna", "scopes": [], "admin": True, "user": None,
}  # fmt: skip
USER = {**OWNER, "kind": "user", "name": "user/ben", "scopes": ["inference", "read"], "admin": False}


def test_who_one_is(fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("GET", "/v1/client/profile", OWNER)
    fake_daemon.answers("GET", "/v1/client/tier", {"schema": "s/1", "tier": None, "limits": None, "expires": None})
    shown = on_terminal("auth", "whoami").out
    assert "the owner of this daemon" in shown and "everything" in shown and "nothing limits you" in shown
    reply = json.loads(triforce("auth", "whoami", "--json").out)
    assert (reply["schema"], reply["kind"], reply["tier"]) == ("triforce.auth.whoami/1", "owner", None)


def test_who_a_user_is(fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("GET", "/v1/client/profile", USER)
    limits = {"name": "pro", "models": "all"}
    fake_daemon.answers("GET", "/v1/client/tier", {"tier": "pro", "limits": limits, "expires": "2999-01-01T00:00:00Z"})
    shown = on_terminal("auth", "whoami").out
    assert "user/ben" in shown and "inference, read" in shown and "pro, until 2999" in shown
    assert triforce("auth", "whoami", "--fields", "tier").out == "pro\n"
