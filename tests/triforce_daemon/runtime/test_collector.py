"""The garbage collector rests while the daemon starts, and works again while it serves."""

import gc
import sys
from collections.abc import Iterator

import pytest

from triforce_daemon.__main__ import main
from triforce_daemon.assemble import daemon
from triforce_daemon.runtime import collector


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.enable()


def test_it_rests_until_the_daemon_serves() -> None:
    gc.set_threshold(700)
    frozen = gc.get_freeze_count()
    collector.rest()
    assert not gc.isenabled()
    collector.look_seldom()
    assert gc.isenabled()
    assert gc.get_threshold()[0] > 10_000
    assert gc.get_freeze_count() > frozen


def test_the_daemon_starts_while_it_rests(home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    resting: list[bool] = []
    monkeypatch.setattr(daemon, "start", lambda *_: resting.append(not gc.isenabled()))
    monkeypatch.setattr(sys, "argv", ["triforced"])
    monkeypatch.setenv("HOME", home["HOME"])
    with pytest.raises(SystemExit):
        main()
    assert resting == [True]
