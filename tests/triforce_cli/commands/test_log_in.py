"""`triforce auth login`, `logout` and `status`."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.triforce_cli.conftest import Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import ENTER, Person
from tests.triforce_cli.tls_door import Pair, TlsDoor

PROD = ("--context", "prod")


@pytest.fixture
def prod(fake_daemon: FakeDaemon, home: Path, triforce: Triforce) -> Iterator[FakeDaemon]:
    """The daemon of a context."""
    with TlsDoor(fake_daemon.socket, Pair(home)) as door:
        assert triforce("context", "add", "prod", door.url, "-y").status == 0
        (home / "t").write_text("tf_secret\n")
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
    prod.refuses("GET", "/v1/status", 403, "forbidden")
    assert triforce("auth", "login", *PROD, "--token", f"@{home}/t").status == 0


@pytest.mark.parametrize(("code", "status", "ends"), [("unauthenticated", 401, 4), ("draining", 503, 69)])
def test_what_is_refused_is_not_kept(
    prod: FakeDaemon, triforce: Triforce, home: Path, code: str, status: int, ends: int
) -> None:
    prod.refuses("GET", "/v1/status", status, code, "This token is not known.")
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


def test_this_machine_needs_none(triforce: Triforce) -> None:
    assert triforce("auth", "login").status == 2
    assert triforce("auth", "status").status == 0
