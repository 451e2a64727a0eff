import pytest

from triforce_daemon.stores.counters.count import Count, part
from triforce_daemon.stores.counters.counters import Ask, Past, Scope
from triforce_daemon.stores.counters.periods import DAY_MS

MINUTE = 60_000


def counted(scope: Scope, past: Past = Past(), now: int = 0) -> Count:  # noqa: B008 - a value
    count = Count()
    count.begin(scope, past, now)
    return count


def test_a_day_ends_and_what_is_held_stays() -> None:
    scope = Scope("user/anna", tokens=100, spend=100, period="day")
    count = counted(scope)
    count.hold(scope, Ask(40, 40), 0, MINUTE)
    count.tokens = count.spend = 60
    count.roll(DAY_MS - 1, MINUTE)
    assert count.lacks(scope, Ask(1, 0), 1) == "tokens"
    count.roll(DAY_MS, MINUTE)
    assert (count.tokens, count.spend, count.held_tokens, count.held_spend) == (0, 0, 40, 40)
    assert count.lacks(scope, Ask(60, 60), 1) is None
    assert count.lacks(scope, Ask(60, 61), 1) == "spend"


def test_of_a_limit_that_was_lowered_the_next_request_waits_for_all_above_it() -> None:
    scope = Scope("user/anna", requests=2)
    count = counted(scope, Past([(1_000, "a"), (2_000, "b"), (3_000, "c"), (4_000, "d")]))
    assert count.in_the_way(scope, 1) == "requests"
    assert count.wait_ms(scope, "requests", Ask(0, 0), 5_000, MINUTE) == (3_000 + MINUTE - 5_000, False)


def test_a_part_of_what_is_left() -> None:
    scope = Scope("user/anna", tokens=1_000)
    count = counted(scope, Past(tokens=400))
    assert count.lacks(scope, Ask(200, 0), 3) is None
    assert count.lacks(scope, Ask(201, 0), 3) == "tokens"


@pytest.mark.parametrize(("limit", "share", "given"), [(10, 1, 10), (10, 3, 3), (2, 3, 1), (0, 3, 0), (0, 1, 0)])
def test_a_part_is_never_nothing_of_something(limit: int, share: int, given: int) -> None:
    assert part(limit, share) == given
