"""The breaker, in time that is a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.providers.breaker import Breaker, Limits

LIMITS = Limits(failures=5, window=30, open=15)


def failing(*moments: float) -> Breaker:
    breaker = Breaker(LIMITS)
    for moment in moments:
        breaker.failed(moment)
    return breaker


def test_it_opens_with_the_fifth_failure_in_its_window() -> None:
    assert failing(0, 1, 2, 3).enter(3)
    assert not failing(0, 1, 2, 3, 30).enter(30)
    assert failing(0, 1, 2, 3, 30.1).enter(30.1)


def test_a_success_in_between_begins_anew() -> None:
    breaker = failing(0, 1, 2, 3)
    breaker.succeeded()
    breaker.failed(4)
    assert breaker.enter(4)


def test_half_open_lets_one_through_each_interval() -> None:
    breaker = failing(0, 0, 0, 0, 0)
    assert not breaker.enter(14.9)
    assert breaker.enter(15)
    assert not breaker.enter(15)
    assert not breaker.enter(29.9)
    assert breaker.enter(30)


@pytest.mark.parametrize("ended", ["succeeded", "failed"])
def test_the_probe_decides(ended: str) -> None:
    breaker = failing(0, 0, 0, 0, 0)
    assert breaker.enter(15)
    if ended == "succeeded":
        breaker.succeeded()
        assert breaker.enter(15.1)
        assert breaker.shut_until is None
    else:
        breaker.failed(16)
        assert not breaker.enter(30.9)
        assert breaker.enter(31)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_a_dead_upstream_is_asked_at_most_once_an_interval_after_the_first_failures(steps: list[float]) -> None:
    breaker, now, asked = Breaker(LIMITS), 0.0, 0
    for step in steps:
        now += step
        if breaker.enter(now):
            asked += 1
            breaker.failed(now)
    windows = now / LIMITS.window + 1
    assert asked <= LIMITS.failures * windows + now / LIMITS.open + 1


def test_an_answer_to_an_earlier_request_opens_nothing_before_its_time() -> None:
    breaker = Breaker(Limits())
    for _ in range(5):
        breaker.failed(0)
    breaker.undecided(1)
    assert not breaker.enter(14)
    assert breaker.enter(15)
    assert not breaker.enter(16)
    breaker.undecided(16)
    assert breaker.enter(16)


def test_other_limits_hold_from_now_on() -> None:
    breaker = Breaker(Limits(failures=5, window=30, open=15))
    for now in range(3):
        breaker.failed(now)
    breaker.take(Limits(failures=4, window=30, open=2))
    breaker.failed(3)
    assert breaker.shut(4)
    assert not breaker.shut(5.5)
