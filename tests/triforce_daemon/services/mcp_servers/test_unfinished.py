"""How a caller comes back to a call in which he was asked something."""

import pytest

from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.services.mcp_servers import unfinished
from triforce_daemon.services.mcp_servers.unfinished import UnfinishedCalls

WHAT = ("tools/call deploy", "digest")


def test_he_comes_back_once_and_nobody_else_does() -> None:
    calls = UnfinishedCalls(SimulatedClock())
    name = calls.keep("token/a", WHAT, state="s", rounds=1)
    for asker, what, of in (
        ("token/b", WHAT, name),
        ("token/a", ("tools/call deploy", "other"), name),
        ("token/a", WHAT, "x"),
    ):
        assert not calls.holds(of, asker, what) and calls.take(of, asker, what) is None
    assert not calls.holds(None, "token/a", WHAT)
    assert calls.holds(name, "token/a", WHAT)
    found = calls.take(name, "token/a", WHAT)
    assert found is not None and (found.state, found.rounds) == ("s", 1)
    assert not calls.holds(name, "token/a", WHAT) and calls.take(name, "token/a", WHAT) is None


def test_they_are_kept_for_ten_minutes() -> None:
    clock = SimulatedClock()
    calls = UnfinishedCalls(clock)
    name = calls.keep("a", WHAT)
    clock.moment += 599
    assert calls.holds(name, "a", WHAT)
    clock.moment += 2
    assert not calls.holds(name, "a", WHAT) and calls.take(name, "a", WHAT) is None


class Parked:
    ended = False

    def end(self) -> None:
        self.ended = True


def test_nobody_keeps_more_than_his_share_and_what_is_dropped_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "_MOST_OF_ONE", 2)
    monkeypatch.setattr(unfinished, "_MOST", 4)
    calls, parked = UnfinishedCalls(SimulatedClock()), Parked()
    first = calls.keep("a", WHAT, parked=parked)  # type: ignore[arg-type]
    of_b = calls.keep("b", WHAT)
    second, third = calls.keep("a", WHAT), calls.keep("a", WHAT)
    assert parked.ended and [calls.holds(one, "a", WHAT) for one in (first, second, third)] == [False, True, True]
    assert calls.holds(of_b, "b", WHAT)
    calls.keep("c", WHAT), calls.keep("d", WHAT)
    assert not calls.holds(of_b, "b", WHAT), "there is an end to all of them"
