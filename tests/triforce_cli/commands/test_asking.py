"""Questions before something is gone."""

import pytest

from tests.triforce_cli.conftest import OnTerminal, Spawn
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import SESSION_ID

DELETE = ("sessions", "delete", SESSION_ID)


def deleted(daemon: FakeDaemon) -> bool:
    return any(asked.method == "DELETE" for asked in daemon.asked)


@pytest.mark.parametrize(
    ("typed", "goes"), [("y\n", True), ("YES\n", True), ("\n", False), ("n\n", False), ("\x04", False)]
)
def test_a_person_is_asked(fake_daemon: FakeDaemon, on_terminal: OnTerminal, typed: str, goes: bool) -> None:
    done = on_terminal(*DELETE, typed=typed)
    assert f"Delete {SESSION_ID} “Why is the sky blue?” (2 turns)? [y/N]" in done.out
    assert done.status == (0 if goes else 6)
    assert deleted(fake_daemon) is goes


def test_where_nobody_can_be_asked(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    done = spawn(*DELETE, stdin="y\n")
    assert (done.status, done.out) == (6, "")
    assert "--yes" in done.err
    assert not deleted(fake_daemon)


def test_no_input_is_never_asked(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    assert on_terminal(*DELETE, "--no-input", typed="y\n").status == 6
    assert not deleted(fake_daemon)


def test_yes_is_yes(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    assert spawn(*DELETE, "-y").status == 0
    assert deleted(fake_daemon)
