"""`triforce context`, and other commands over one."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.person import Person
from tests.triforce_cli.tls_door import Pair, TlsDoor, free_port


@pytest.fixture
def far(home: Path) -> Iterator[FakeDaemon]:
    """A daemon on another machine: not on the socket where `triforce` looks."""
    with FakeDaemon(str(home / "far.sock")) as far:
        yield far


@pytest.fixture
def door(far: FakeDaemon, home: Path) -> Iterator[TlsDoor]:
    with TlsDoor(far.socket, Pair(home)) as door:
        yield door


def item(triforce: Triforce, name: str, **environ: str) -> dict[str, object]:
    items = json.loads(triforce("context", "list", "--json", **environ).out)["items"]
    return next(item for item in items if item["name"] == name)


def pinned(door: TlsDoor) -> tuple[str, ...]:
    assert door.pair is not None
    return ("prod", door.url, "--fingerprint", door.pair.fingerprint)


def test_this_machine_is_always_there(triforce: Triforce, home: Path) -> None:
    target = str(home / ".local/state/triforce/run/triforced.sock")
    assert item(triforce, "local") == {"name": "local", "current": True, "kind": "socket", "target": target}
    assert triforce("context", "use", "local").status == 0
    assert triforce("context", "remove", "local").status == 2
    assert triforce("context", "add", "local", "https://x").status == 2
    assert json.loads(triforce("context", "show", "--json").out)["fingerprint"] is None


def test_one_is_added_used_and_removed(triforce: Triforce, door: TlsDoor) -> None:
    done = triforce("context", "add", *pinned(door))
    assert (done.status, done.out) == (0, "")
    assert "triforce auth login --context prod" in done.err
    assert item(triforce, "prod") == {"name": "prod", "current": False, "kind": "https", "target": door.url}
    assert triforce("context", "use", "prod").status == 0
    assert item(triforce, "prod")["current"] is True
    assert item(triforce, "prod", TRIFORCE_CONTEXT="local")["current"] is False
    assert "SHA-256" in triforce("context", "show").out
    assert "wins" in triforce("context", "use", "local", TRIFORCE_CONTEXT="prod").err
    assert triforce("context", "use", "nobody").status == 5
    assert triforce("context", "remove", "prod").status == 0
    assert triforce("context", "remove", "prod").status == 5


def test_a_certificate_that_nobody_vouches_for_is_shown_and_asked_for(
    triforce: Triforce, door: TlsDoor, environ: dict[str, str]
) -> None:
    assert door.pair is not None
    done = triforce("context", "add", "prod", door.url)
    assert done.status == 6
    assert door.pair.fingerprint in done.err
    assert triforce("context", "show", "prod").status == 5
    with Person("context", "add", "prod", door.url, environ=environ, columns=200) as person:
        person.waits_for("[y/N]")
        person.type("y\r")
        assert person.waits_for_the_end() == 0
    assert json.loads(triforce("context", "show", "prod", "--json").out)["fingerprint"] == door.pair.fingerprint


def test_an_issuer_can_be_named(triforce: Triforce, door: TlsDoor) -> None:
    assert door.pair is not None
    assert triforce("context", "add", "prod", door.url, "--ca", door.pair.certificate).status == 0
    shown = json.loads(triforce("context", "show", "prod", "--json").out)
    assert (shown["ca"], shown["fingerprint"]) == (door.pair.certificate, None)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("prod", "http://prod.example"), 2),
        (("a/b", "https://x"), 2),
        (("prod", "https://x", "--fingerprint", "12"), 2),
        (("prod", "http://127.0.0.1:1", "--fingerprint", "ab" * 32), 2),
        (("prod", f"https://127.0.0.1:{free_port()}"), 69),
    ],
)
def test_what_cannot_be_added_is_not(triforce: Triforce, words: tuple[str, ...], status: int) -> None:
    assert triforce("context", "add", *words).status == status
    assert "prod" not in triforce("context", "list").out


def test_a_wrong_fingerprint_is_not_added(triforce: Triforce, door: TlsDoor) -> None:
    done = triforce("context", "add", "prod", door.url, "--fingerprint", "ab" * 32)
    assert done.status == 76
    assert door.received == 0
    assert triforce("context", "show", "prod").status == 5


def test_a_new_address_forgets_the_token(triforce: Triforce, door: TlsDoor, far: FakeDaemon, home: Path) -> None:
    far.answers("GET", "/v1/client/profile", {"name": "token/x"})
    triforce("context", "add", *pinned(door))
    (home / "t").write_text("tf_x\n")
    assert triforce("auth", "login", "--context", "prod", "--token", f"@{home}/t").status == 0
    assert triforce("context", "add", *pinned(door)).status == 0
    assert json.loads(triforce("context", "show", "prod", "--json").out)["store"] == "file"
    door.url = f"https://127.0.0.1:{door.port}"
    assert triforce("context", "add", *pinned(door)).status == 6
    assert triforce("context", "add", *pinned(door), "-y").status == 0
    assert json.loads(triforce("context", "show", "prod", "--json").out)["store"] is None
    assert "tf_x" not in (home / ".local/state/triforce/tokens.json").read_text()


def test_which_daemon_is_spoken_to(triforce: Triforce, door: TlsDoor, far: FakeDaemon, fake_daemon: FakeDaemon) -> None:
    triforce("context", "add", *pinned(door))
    far.asked.clear()

    def asked(*words: str, **environ: str) -> tuple[int, int]:
        fake_daemon.asked.clear()
        far.asked.clear()
        assert triforce("usage", *words, **environ).status == 0
        return len(fake_daemon.asked), len(far.asked)

    assert asked() == (1, 0)
    assert asked("--context", "prod") == (0, 1)
    assert asked(TRIFORCE_CONTEXT="prod") == (0, 1)
    triforce("context", "use", "prod")
    assert asked() == (0, 1)
    assert asked("--context", "local") == (1, 0)
    assert asked(TRIFORCE_SOCKET=fake_daemon.socket) == (1, 0)
    assert asked("--socket", fake_daemon.socket, TRIFORCE_CONTEXT="prod") == (1, 0)
    assert triforce("usage", "--context", "prod", "--socket", fake_daemon.socket).status == 2
    assert triforce("usage", "--context", "nobody").status == 5


@pytest.mark.parametrize(
    "words",
    [
        *(("daemon", verb) for verb in ("run", "start", "stop", "restart", "cert")),
        ("connect", "codex"),
        ("doctor", "--offline"),
        ("config", "list", "--config", "x.toml"),
    ],
)
def test_what_only_works_here_says_so(triforce: Triforce, door: TlsDoor, words: tuple[str, ...]) -> None:
    triforce("context", "add", *pinned(door))
    done = triforce(*words, "--context", "prod", "--json")
    assert (done.status, json.loads(done.err)["error"]["code"]) == (2, "local_only")


def test_nothing_is_started_for_another_machine(triforce: Triforce, door: TlsDoor, home: Path) -> None:
    triforce("context", "add", *pinned(door))
    with door:
        pass
    done = triforce("usage", "--context", "prod")
    assert done.status == 69
    assert not (home / ".local/state/triforce/triforced.start.log").exists()
    assert triforce("daemon", "status", "--context", "prod").status == 69


def test_the_daemon_is_waited_for_and_examined(triforce: Triforce, door: TlsDoor) -> None:
    triforce("context", "add", *pinned(door))
    assert triforce("daemon", "wait", "--context", "prod", "--timeout", "5s").status == 0
    checks = {check["id"] for check in json.loads(triforce("doctor", "--json", "--context", "prod").out)["items"]}
    assert "daemon" in checks
    assert "socket" not in checks
