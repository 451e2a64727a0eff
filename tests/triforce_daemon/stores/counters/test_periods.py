from datetime import UTC, datetime

import pytest

from triforce_daemon.stores.counters.periods import begin, end, number


def ms(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp() * 1_000)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("now", "day", "month", "next_month"),
    [
        (ms(2026, 12, 31, 23, 59, 59), ms(2026, 12, 31), ms(2026, 12, 1), ms(2027, 1, 1)),
        (ms(2028, 2, 29, 12), ms(2028, 2, 29), ms(2028, 2, 1), ms(2028, 3, 1)),
        (ms(2026, 3, 1), ms(2026, 3, 1), ms(2026, 3, 1), ms(2026, 4, 1)),
    ],
)
def test_days_and_months_of_utc(now: int, day: int, month: int, next_month: int) -> None:
    assert (begin("day", now), end("day", now)) == (day, day + 86_400_000)
    assert (begin("month", now), end("month", now)) == (month, next_month)


def test_what_never_ends_has_always_been() -> None:
    assert (begin("total", ms(2026, 3, 1)), end("total", ms(2026, 3, 1)), number("total", 7)) == (0, None, 0)


def test_a_later_one_has_a_higher_number() -> None:
    assert number("month", ms(2027, 1, 1)) == number("month", ms(2026, 12, 31)) + 1
    assert number("day", ms(2026, 3, 1)) == number("day", ms(2026, 2, 28)) + 1
