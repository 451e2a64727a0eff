"""`triforce users`."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import NOW
from triforce_cli.commands import _limits, users
from triforce_daemon.wire.tiers import TierName
from triforce_daemon.wire.users import Role

PASSWORD = "correct horse battery"
ANNA: dict[str, Any] = {
    "id": "k3v9x2m7q4ab", "name": "anna", "tier": "pro", "tier_expires": "2999-01-01T00:00:00Z", "role": "user",
    "grants": ["tools:write"],
    "disabled": None, "created": NOW, "password": True,
    "limits": {
        "requests_per_minute": 100, "parallel": 0, "tokens_per_day": None, "spend": "5/day", "models": ["groq/*"],
    },
}  # fmt: skip
DETAIL = {**ANNA, "schema": "triforce.users.show/1", "logins": 1, "tokens": 2}
LIST = {"schema": "triforce.users.list/1", "items": [ANNA], "next": None}
TOKEN = {
    "id": "t1", "name": "ci", "scopes": ["read"], "models": [], "boundary": "any", "created": NOW, "expires": None,
    "last_used": None, "revoked": None, "user": "anna", "schema": "triforce.tokens.create/1", "token": "tf_secret",
}  # fmt: skip
REMOVED = {
    "schema": "s/1", "user": "anna", "sessions": 2, "responses": 1, "memories": 3, "jobs": 0, "prompts": 0,
    "tokens": 0, "usage_rows": 3,
}  # fmt: skip
INVITED = {
    "schema": "triforce.users.invite/1", "id": "i1", "tier": "pro", "created": NOW, "expires": NOW, "used": None,
    "code": "tfi_code",
}  # fmt: skip


@pytest.fixture
def daemon(fake_daemon: FakeDaemon) -> FakeDaemon:
    fake_daemon.answers("GET", "/v1/users", LIST)
    fake_daemon.answers("POST", "/v1/users", DETAIL)
    fake_daemon.answers("GET", "/v1/users/anna", DETAIL)
    fake_daemon.answers("PATCH", "/v1/users/anna", DETAIL)
    fake_daemon.answers("DELETE", "/v1/users/anna", REMOVED)
    fake_daemon.answers("POST", "/v1/users/anna/tokens", TOKEN)
    fake_daemon.answers("POST", "/v1/users/anna/revoke", {"schema": "s/1", "user": "anna", "logins": 1, "tokens": 2})
    fake_daemon.answers("GET", "/v1/users/anna/export", {"schema": "s/1", "user": ANNA, "sessions": []})
    fake_daemon.answers("GET", "/v1/invitations", {"schema": "s/1", "items": [INVITED], "next": None})
    fake_daemon.answers("POST", "/v1/invitations", INVITED)
    fake_daemon.answers("DELETE", "/v1/invitations/i1", {"schema": "s/1", "id": "i1"})
    return fake_daemon


def asked(daemon: FakeDaemon) -> Any:
    return daemon.asked[-1].body


def test_an_account_is_made_with_a_password_from_a_file(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    (home / "p").write_text(PASSWORD + "\n")
    done = triforce("users", "create", "anna", f"@{home}/p", "--tier", "pro", "--expires", "2999-01-01T00:00:00Z")
    assert (done.status, done.out) == (0, ANNA["id"] + "\n")
    assert asked(daemon) == {
        "name": "anna", "tier": "pro", "tier_expires": "2999-01-01T00:00:00.000Z", "role": "user",
        "password": PASSWORD,
    }  # fmt: skip
    assert PASSWORD not in done.out + done.err


def test_a_password_is_never_a_word_of_the_command_line(daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("users", "create", "anna", PASSWORD)
    assert done.status == 2
    assert "password is never given" in done.err
    assert PASSWORD not in done.err
    assert not [one for one in daemon.asked if one.method == "POST"]


@pytest.mark.parametrize(("second", "status"), [(PASSWORD, 0), ("another", 2)])
def test_it_is_typed_twice_and_not_shown(
    daemon: FakeDaemon, triforce: Triforce, monkeypatch: pytest.MonkeyPatch, second: str, status: int
) -> None:
    typed = iter((PASSWORD, second))
    for module in ("users", "_secrets"):
        monkeypatch.setattr(f"triforce_cli.commands.{module}.is_terminal", lambda stream: True)
    monkeypatch.setattr("triforce_cli.commands._secrets.getpass", lambda *_, **__: next(typed))
    done = triforce("users", "create", "anna")
    assert done.status == status
    assert PASSWORD not in done.out + done.err
    made = [one.body["password"] for one in daemon.asked if one.method == "POST"]
    assert made == ([PASSWORD] if status == 0 else [])


def test_an_account_may_have_none(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("users", "create", "robot", "--no-password").status == 0
    assert "password" not in asked(daemon)
    assert triforce("users", "create", "robot", "@x", "--no-password").status == 2


@pytest.mark.parametrize("wrong", [("--tier", "gold"), ("--role", "owner"), ("--expires", "soon")])
def test_what_makes_no_sense_is_wrong_usage(daemon: FakeDaemon, triforce: Triforce, wrong: tuple[str, str]) -> None:
    assert triforce("users", "create", "anna", "--no-password", *wrong).status == 2


def test_the_list_and_one_of_it(daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    assert triforce("users", "list", "-q").out == ANNA["id"] + "\n"
    assert json.loads(triforce("users", "list", "--json").out) == LIST
    assert "anna" in on_terminal("users", "list", columns=120).out
    assert json.loads(triforce("users", "show", "anna", "--json").out) == DETAIL
    shown = on_terminal("users", "show", "anna").out
    assert "pro, until 2999" in shown and "1 program" in shown and "disabled" not in shown


CHANGES = [
    (("set-tier", "anna", "free"), {"tier": "free", "tier_expires": None}),
    (("set-role", "anna", "admin"), {"role": "admin"}),
    (("grant", "anna", "tools:exec", "agents"), {"grants": ["tools:exec", "agents"]}),
    (("grant", "anna"), {"grants": []}),
    (("disable", "anna"), {"disabled": True}),
    (("enable", "anna"), {"disabled": False}),
]


@pytest.mark.parametrize(("words", "patch"), CHANGES)
def test_changes(daemon: FakeDaemon, triforce: Triforce, words: tuple[str, ...], patch: object) -> None:
    done = triforce("users", *words)
    assert (done.status, done.out, asked(daemon)) == (0, "", patch)
    assert "anna" in done.err
    assert json.loads(triforce("users", *words, "--json").out) == DETAIL


def test_another_password(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    (home / "p").write_text(PASSWORD)
    assert triforce("users", "password", "anna", f"@{home}/p").status == 0
    assert asked(daemon) == {"password": PASSWORD}


def test_a_token_is_all_that_is_printed(daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("users", "token", "anna", "ci", "--scope", "read", "--model", "groq/*")
    assert done.out == "tf_secret\n"
    assert asked(daemon) == {
        "name": "ci", "models": ["groq/*"], "boundary": "any", "expires": None, "scopes": ["read"],
    }  # fmt: skip
    assert triforce("users", "token", "anna", "ci", "--scope", "king").status == 2


def test_revoke(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("users", "revoke", "anna").err == "Ended 1 log-in and 2 tokens of anna.\n"


@pytest.mark.parametrize(("verb", "query"), [("delete", {}), ("erase", {"erase": "true"})])
def test_what_cannot_be_undone_needs_a_yes(
    daemon: FakeDaemon, triforce: Triforce, verb: str, query: dict[str, str]
) -> None:
    assert triforce("users", verb, "anna").status == 6
    assert not [one for one in daemon.asked if one.method == "DELETE"]
    done = triforce("users", verb, "anna", "-y")
    assert (done.status, daemon.asked[-1].query) == (0, query)
    assert "2 conversations, 1 answer, 3 entries in memory, 0 prompts, 0 jobs, 0 tokens" in done.err


def test_an_export_is_json_and_for_its_owner_alone(daemon: FakeDaemon, triforce: Triforce, home: Path) -> None:
    assert json.loads(triforce("users", "export", "anna").out)["user"] == ANNA
    done = triforce("users", "export", "anna", "--output", f"{home}/anna.json")
    assert (done.out, "0 conversations" in done.err) == ("", True)
    assert (home / "anna.json").stat().st_mode & 0o777 == 0o600
    assert json.loads((home / "anna.json").read_text())["user"] == ANNA


def test_invitations(daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("users", "invite", "--tier", "pro").out == "tfi_code\n"
    assert asked(daemon) == {"tier": "pro"}
    triforce("users", "invite", "--expires", "2999-01-01T00:00:00Z")
    assert asked(daemon) == {"tier": "free", "expires": "2999-01-01T00:00:00.000Z"}
    assert triforce("users", "invitations", "-q").out == "i1\n"
    assert triforce("users", "withdraw", "i1").err == "Withdrew i1.\n"


def test_who_is_not_there_has_near_names(daemon: FakeDaemon, triforce: Triforce) -> None:
    daemon.refuses("GET", "/v1/users/ana", 404, "not_found", "There is no user 'ana'.", near=["anna"])
    done = triforce("users", "show", "ana")
    assert done.status == 5
    assert "anna" in done.err


def test_its_words_are_the_daemons() -> None:
    assert get_args(users.TierName) == get_args(TierName)
    assert get_args(users.RoleName) == get_args(Role)


def test_limits_of_somebody_alone(daemon: FakeDaemon, triforce: Triforce) -> None:
    options = ("--rpm", "100", "--parallel", "0", "--spend", "5/day", "--model", "groq/*")
    done = triforce("users", "set-limits", "anna", *options)
    own = {"requests_per_minute": 100, "parallel": 0, "spend": "5/day", "models": ["groq/*"]}
    assert daemon.asked[-1].body == {"limits": own}
    words = "100 requests a minute, any number of at the same time, $5/day, the models groq/*"
    assert done.err == f"anna: {words}.\n"
    triforce("users", "set-limits", "anna", "--reset", "--spend", "none")
    assert daemon.asked[-1].body == {"limits": _limits.NOTHING_SET}
    assert triforce("users", "set-limits", "anna").status == 2
    triforce("users", "create", "robot", "--no-password", "--tokens", "5000")
    assert daemon.asked[-1].body["limits"] == {"tokens_per_day": 5_000}


def test_a_token_with_limits(daemon: FakeDaemon, triforce: Triforce) -> None:
    triforce("users", "token", "anna", "ci", "--rpm", "5", "--spend", "10/month")
    body = daemon.asked[-1].body
    assert (body["requests_per_minute"], body["spend"]) == (5, "10/month")
