"""When text goes through a pager, and that it arrives in any case."""

from pathlib import Path

import pytest

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon

LONG = ("help", "exit-codes")


@pytest.mark.parametrize("pager", ["no-such-program", "", "'"])
def test_a_pager_that_is_not_there(on_terminal: OnTerminal, pager: str) -> None:
    done = on_terminal(*LONG, rows=5, environ={"PAGER": pager, "PATH": "/nowhere"})
    assert done.status == 0
    assert "interrupted" in done.out


def test_a_pager_that_is_left_early(on_terminal: OnTerminal) -> None:
    done = on_terminal(*LONG, rows=5, environ={"PAGER": "true"})
    assert (done.status, done.out) == (0, "")


def test_the_pager_gets_all_of_it(on_terminal: OnTerminal, home: Path) -> None:
    on_terminal(*LONG, rows=5, environ={"PAGER": f"tee {home / 'seen'}"})
    assert (home / "seen").read_text().splitlines()[-1].split() == ["130", "interrupted"]


def test_no_pager_without_a_terminal(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert "interrupted" in triforce(*LONG, PAGER="false").out
