"""The log counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.logs.statistics import LogCounts, grouped, percentiles
from triforce_daemon.services.request_book import Asked, RequestBook
from triforce_daemon.wire.logs import LogEntry

OWNER = Caller("owner", "me")
ANNA = Caller("user", "user/anna", user="1")


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_percentiles_are_values_that_were_measured(values: list[float]) -> None:
    p50, p99, p100 = percentiles(values, (50, 99, 100))
    rounded = [round(one, 1) for one in values]
    assert p100 == max(rounded) and p50 in rounded and p99 in rounded
    assert p50 is not None and sum(one <= p50 for one in rounded) * 2 >= len(rounded)


def test_of_nothing_there_is_no_percentile() -> None:
    assert percentiles([], (50, 95)) == [None, None]
    assert percentiles(range(1, 101), (50, 95, 99)) == [50, 95, 99]


def entry(msg: str, ts: str, request: str | None = None) -> LogEntry:
    return LogEntry(ts=ts, level="error", category="system", unit="stores", msg=msg, request_id=request, more={})


def test_the_same_error_stands_once_with_its_number() -> None:
    found = grouped([entry("a", "T9", "r1"), entry("b", "T8"), entry("a", "T7", "r1"), entry("a", "T6", "r2")])
    assert [(one["msg"], one["count"], one["first"], one["last"], one["requests"]) for one in found] == [
        ("a", 3, "T6", "T9", ["r1", "r2"]),
        ("b", 1, "T8", "T8", []),
    ]


async def test_a_window_is_counted_for_all_and_for_one(served: ServedDaemon) -> None:
    book, now = served.parts.get(RequestBook), Clock().now_ms()
    # As if it had begun a day ago.
    book._began_ms = now - 86_400_000  # pyright: ignore[reportPrivateUsage]
    for number in range(10):
        account = ANNA.account if number < 4 else "user/2"
        status = 500 if number == 0 else 200
        book.add(Asked(now - 1_000, f"r{number}", "GET", "/v1/x", status, 10.0 * (number + 1), account, None))
    book.add(Asked(now - 3_600_000, "old", "GET", "/v1/x", 200, 1.0, ANNA.account, None))
    counts = served.parts.get(LogCounts)
    everybody, hers = await counts.of_window(OWNER, 10), await counts.of_window(ANNA, 10)
    assert (everybody["requests"], hers["requests"], hers["entries"]) == (10, 4, 4)
    assert (hers["p50"], hers["p95"], hers["error_rate"], hers["per_minute"]) == (20.0, 40.0, 0.25, 0.4)
    assert everybody["error_rate"] == 0.1 and everybody["by_category"] == {"api": 10}
    assert hers["by_level"] == {"error": 1, "debug": 3}
    assert (await counts.of_window(ANNA, 120))["requests"] == 5


async def test_requests_are_chosen_by_path_and_status(served: ServedDaemon) -> None:
    book, counts = served.parts.get(RequestBook), served.parts.get(LogCounts)
    for number, (path, status) in enumerate([("/v1/a", 200), ("/v1/a/b", 404), ("/v1/c", 500), ("/v1/a", None)]):
        book.add(Asked(number, f"r{number}", "GET", path, status, 1.0, None, None))
    assert [one.request for one in await counts.requests(OWNER, None, None, 3)] == ["r3", "r2", "r1"]
    assert [one.request for one in await counts.requests(OWNER, "/v1/a", None, 9)] == ["r3", "r1", "r0"]
    assert [one.request for one in await counts.requests(OWNER, None, 404, 9)] == ["r2", "r1"]
    assert await counts.requests(ANNA, None, None, 9) == []


@pytest.mark.parametrize("minutes", [1, 10_080])
async def test_of_a_daemon_that_nobody_asked_anything_there_is_nothing(served: ServedDaemon, minutes: int) -> None:
    found = await served.parts.get(LogCounts).of_window(OWNER, minutes)
    assert (found["requests"], found["error_rate"], found["p50"]) == (0, None, None)
    # What came before the daemon began is not known to be none.
    assert found["requests_since"] > found["since"]
