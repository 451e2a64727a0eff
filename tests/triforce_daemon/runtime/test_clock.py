"""Times come back as they were written, to the millisecond."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triforce_daemon.runtime.clock import Clock, parse_rfc3339, rfc3339, start_of_day_ms

DAY = 86_400_000
moments = st.integers(0, 253_402_300_799_999)


@given(moments)
@example(1_700_000_000_001)
@example(253_402_300_799_999)
def test_a_time_comes_back_as_it_was_written(ms: int) -> None:
    text = rfc3339(ms)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)
    assert parse_rfc3339(text) == ms


@given(moments, moments)
def test_written_times_sort_as_the_times_do(one: int, other: int) -> None:
    assert (rfc3339(one) < rfc3339(other)) == (one < other)


@given(st.integers(0, 4_102_444_800_000), st.integers(-23 * 60, 23 * 60))
def test_a_time_zone_is_heeded(ms: int, offset: int) -> None:
    zone = timezone(timedelta(minutes=offset))
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(zone)
    assert parse_rfc3339(local.isoformat()) == ms


def test_a_time_without_a_zone_is_utc() -> None:
    assert parse_rfc3339("2026-11-23T15:44:30") == parse_rfc3339("2026-11-23T15:44:30Z") == 1_795_448_670_000
    assert parse_rfc3339("2026-11-23") == 1_795_392_000_000


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "2026-02-30T00:00:00Z", "1795448670000"])
def test_what_is_no_date_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        parse_rfc3339(text)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_what_is_read_can_be_written(text: str) -> None:
    with pytest.raises(ValueError, match="9999"):
        parse_rfc3339(text)


@given(moments)
def test_a_day_begins_at_midnight(ms: int) -> None:
    start = start_of_day_ms(ms)
    assert rfc3339(start).endswith("T00:00:00.000Z")
    assert 0 <= ms - start < DAY


def test_the_clock_tells_the_time() -> None:
    clock = Clock()
    assert abs(clock.now_ms() - datetime.now(UTC).timestamp() * 1_000) < 1_000
    assert clock.ticks() <= clock.ticks()
