"""`triforce auth login`, `logout` and `status`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.triforce_cli import replies
from tests.triforce_cli.conftest import Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import ENTER, Person
from tests.triforce_cli.replies import NOW
from tests.triforce_cli.tls_door import Pair, TlsDoor

PROD = ("--context", "prod")


@pytest.fixture
def prod(
    fake_daemon: FakeDaemon, home: Path, triforce: Triforce, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeDaemon]:
    """The daemon of a context."""
    with TlsDoor(fake_daemon.socket, Pair(home)) as door:
        assert triforce("context", "add", "prod", door.url, "-y").status == 0
        (home / "t").write_text("tf_secret\n")
        monkeypatch.setitem(replies.CANNED, ("GET", "/v1/client/profile"), {"name": "token/x"})
        yield fake_daemon


def kept(home: Path) -> str:
    path = home / ".local/state/triforce/tokens.json"
    return path.read_text() if path.exists() else ""


def test_a_token_is_tried_kept_sent_and_forgotten(prod: FakeDaemon, triforce: Triforce, home: Path) -> None:
    done = triforce("auth", "login", *PROD, "--token", f"@{home}/t")
    assert (done.status, done.out) == (0, "")
    assert "tf_secret" not in done.err
    triforce("usage", *PROD)
    assert prod.asked[-1].headers["authorization"] == "Bearer tf_secret"
    [status] = json.loads(triforce("auth", "status", "--json").out)["contexts"]
    assert (status["name"], status["store"]) == ("prod", "file")
    assert "prod" in triforce("auth", "status").out
    assert "Logged out" in triforce("auth", "logout", *PROD).err
    assert "tf_secret" not in kept(home)
    assert "not logged in" in triforce("auth", "logout", *PROD).err


def test_it_is_asked_for_unseen_or_read(prod: FakeDaemon, spawn: Spawn, environ: dict[str, str], home: Path) -> None:
    assert spawn("auth", "login", *PROD, stdin="tf_piped\n").status == 0
    assert "tf_piped" in kept(home)
    with Person("auth", "login", *PROD, environ=environ) as person:
        person.waits_for("Token for prod")
        person.type("tf_typed" + ENTER)
        assert person.waits_for_the_end() == 0
        assert not person.sees("tf_typed")
    assert "tf_typed" in kept(home)
    assert "tf_piped" not in kept(home)


def test_a_token_that_may_little_is_good(prod: FakeDaemon, triforce: Triforce, home: Path) -> None:
    prod.refuses("GET", "/v1/client/profile", 403, "forbidden")
    assert triforce("auth", "login", *PROD, "--token", f"@{home}/t").status == 0


@pytest.mark.parametrize(("code", "status", "ends"), [("unauthenticated", 401, 4), ("draining", 503, 69)])
def test_what_is_refused_is_not_kept(
    prod: FakeDaemon, triforce: Triforce, home: Path, code: str, status: int, ends: int
) -> None:
    prod.refuses("GET", "/v1/client/profile", status, code, "This token is not known.")
    done = triforce("auth", "login", *PROD, "--token", f"@{home}/t")
    assert done.status == ends
    assert kept(home) == ""


@pytest.mark.parametrize("text", ["", "sk-1", "tf_a b", "tf_ä"])
def test_what_is_no_token_is_not_sent(prod: FakeDaemon, spawn: Spawn, text: str) -> None:
    prod.asked.clear()
    assert spawn("auth", "login", *PROD, stdin=text).status == 65
    assert prod.asked == []


def test_a_token_is_never_a_word_of_the_command_line(prod: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("auth", "login", *PROD, "--token", "tf_secret")
    assert done.status == 2
    assert "tf_secret" not in done.err


def logged_in(number: int) -> dict[str, object]:
    return {
        "access_token": f"access-{number}", "refresh_token": f"refresh-{number}", "token_type": "Bearer",
        "expires": NOW, "refresh_expires": NOW, "user": {"name": "anna", "tier": "pro"},
    }  # fmt: skip


@pytest.fixture
def anna(prod: FakeDaemon, spawn: Spawn) -> FakeDaemon:
    """A daemon to which somebody is logged in."""
    prod.answers("POST", "/v1/client/login", logged_in(1))
    assert spawn("auth", "login", "anna", *PROD, stdin="pass word\n").status == 0
    return prod


def test_a_password_is_sent_once_and_not_kept(anna: FakeDaemon, triforce: Triforce, home: Path) -> None:
    assert anna.asked[-1].body == {"name": "anna", "password": "pass word"}
    assert "authorization" not in anna.asked[-1].headers
    assert "pass word" not in kept(home)
    triforce("usage", *PROD)
    assert anna.asked[-1].headers["authorization"] == "Bearer access-1"
    [item] = json.loads(triforce("auth", "status", "--json").out)["contexts"]
    assert (item["user"], item["tier"], item["expires_at"], item["store"]) == ("anna", "pro", NOW, "file")
    anna.answers("POST", "/v1/client/logout", {"ended": 1})
    assert triforce("auth", "logout", *PROD).status == 0
    assert anna.asked[-1].path == "/v1/client/logout"
    assert "access-1" not in kept(home)


def test_a_wrong_password_is_said_to_be_one(prod: FakeDaemon, spawn: Spawn, home: Path) -> None:
    prod.refuses("POST", "/v1/client/login", 401, "unauthenticated", "The name or the password is wrong.")
    done = spawn("auth", "login", "anna", *PROD, "--password", "-", stdin="x")
    assert (done.status, kept(home)) == (4, "")
    assert "The name or the password is wrong." in done.err


def test_a_log_in_is_prolonged_by_itself(anna: FakeDaemon, triforce: Triforce, home: Path) -> None:
    anna.answers("POST", "/v1/client/refresh", logged_in(2))
    anna.refuses("GET", "/v1/usage", 401, "unauthenticated", "It has expired.")
    anna.answers("GET", "/v1/usage", replies.CANNED["GET", "/v1/usage"])
    assert triforce("usage", *PROD).status == 0
    refresh, again = anna.asked[-2:]
    assert (refresh.body, "authorization" in refresh.headers) == ({"refresh_token": "refresh-1"}, False)
    assert again.headers["authorization"] == "Bearer access-2"
    assert "refresh-2" in kept(home)
    assert "refresh-1" not in kept(home)


def test_a_log_in_that_has_ended_says_how_to_begin_a_new_one(anna: FakeDaemon, triforce: Triforce) -> None:
    anna.refuses("GET", "/v1/usage", 401, "unauthenticated", "It has expired.")
    anna.refuses("POST", "/v1/client/refresh", 401, "unauthenticated", "This log-in has ended.")
    done = triforce("usage", *PROD)
    assert done.status == 4
    assert "triforce auth login --context prod" in done.err


def test_logging_out_forgets_also_where_the_daemon_cannot_be_told(
    anna: FakeDaemon, triforce: Triforce, home: Path
) -> None:
    anna.refuses("POST", "/v1/client/logout", 503, "draining", "The daemon is shutting down.")
    done = triforce("auth", "logout", *PROD)
    assert done.status == 0
    assert "shutting down" in done.err
    assert "access-1" not in kept(home)


@pytest.mark.parametrize("words", [("anna", "--token", "-"), ("--password", "-"), ("anna", "--password", "secret")])
def test_what_does_not_go_together(prod: FakeDaemon, triforce: Triforce, words: tuple[str, ...]) -> None:
    prod.asked.clear()
    assert triforce("auth", "login", *words, *PROD).status == 2
    assert prod.asked == []


def test_this_machine_needs_none(triforce: Triforce) -> None:
    assert triforce("auth", "login").status == 2
    assert triforce("auth", "status").status == 0


def test_one_switches_between_log_ins(prod: FakeDaemon, triforce: Triforce, spawn: Spawn, home: Path) -> None:
    url = json.loads(triforce("context", "show", "prod", "--json").out)["target"]
    assert triforce("context", "add", "lab", url, "-y").status == 0
    assert triforce("auth", "switch").status == 2, "nobody is logged in anywhere"
    done = triforce("auth", "switch", "lab")
    assert (done.status, "auth login --context lab" in done.err) == (4, True)
    prod.answers("POST", "/v1/client/login", logged_in(1))
    for context in ("prod", "lab"):
        assert triforce("auth", "login", "--context", context, "--token", f"@{home}/t").status == 0
    assert "lab, prod" in triforce("auth", "switch").err
    assert json.loads(triforce("auth", "switch", "prod", "--json").out)["name"] == "prod"
    assert "From now on: lab" in triforce("auth", "switch").err, "the only other one"
    assert spawn("auth", "login", "anna", *PROD, stdin="pass word\n").status == 0
    done = triforce("auth", "switch", "anna")
    assert "prod" in done.err and "as anna" in done.err
    assert "TRIFORCE_CONTEXT is set" in triforce("auth", "switch", "lab", TRIFORCE_CONTEXT="prod").err
    assert triforce("auth", "switch", "local").status == 0
    assert json.loads(triforce("context", "list", "--json").out)["items"][0]["current"]
    assert triforce("auth", "switch", "nobody").status == 5
