"""What is promised of whoever counts."""

import asyncio
import time
from datetime import UTC, datetime

from tests.triforce_daemon.stores.counters.conftest import MINUTE_MS, Ledger
from triforce_daemon.stores.counters.counters import Ask, Counting, Lease, Past, Refusal, Scope
from triforce_daemon.stores.counters.periods import DAY_MS, end

NOTHING = (Ask(0, 0),)


async def reserved(counters: Counting, *scopes: Scope, asks: tuple[Ask, ...] = NOTHING, id: str = "") -> Lease:
    found = await counters.reserve(id or f"r{time.perf_counter_ns()}", scopes, asks)
    assert isinstance(found, Lease), found
    return found


async def refused(counters: Counting, *scopes: Scope, asks: tuple[Ask, ...] = NOTHING) -> Refusal:
    found = await counters.reserve(f"r{time.perf_counter_ns()}", scopes, asks)
    assert isinstance(found, Refusal), found
    return found


async def standing(counters: Counting, scope: Scope) -> tuple[int, int, int, int]:
    await asyncio.sleep(0.02)
    [stands] = await counters.read([scope])
    return stands.requests, stands.parallel, stands.tokens, stands.spend


async def test_n_requests_a_minute_are_let_through_and_the_next_is_told_when(counters: Counting) -> None:
    scope = Scope("user/anna", requests=5)
    for left in range(4, -1, -1):
        lease = await reserved(counters, scope)
        assert 5 - lease.standings[0].requests == left
        counters.settle(lease, 0, 0)
    refusal = await refused(counters, scope)
    assert (refusal.kind, refusal.scope) == ("requests", scope)
    assert refusal.wait_ms is not None
    assert 0 < refusal.wait_ms <= MINUTE_MS
    await asyncio.sleep(refusal.wait_ms / 1_000 + 0.01)
    await reserved(counters, scope)


async def test_a_minute_slides_no_two_bursts_fit_into_one(counters: Counting) -> None:
    scope = Scope("user/anna", requests=4)
    first = [await reserved(counters, scope) for _ in range(2)]
    await asyncio.sleep(MINUTE_MS * 0.7 / 1_000)
    for _ in range(2):
        await reserved(counters, scope)
    await refused(counters, scope)
    await asyncio.sleep(MINUTE_MS * 0.4 / 1_000)
    assert len(first) == 2
    for _ in range(2):
        await reserved(counters, scope)
    await refused(counters, scope)


async def test_a_refused_request_does_not_count(counters: Counting) -> None:
    scope = Scope("user/anna", requests=1)
    await reserved(counters, scope)
    for _ in range(5):
        refusal = await refused(counters, scope)
        assert refusal.standings[0].requests == 1


async def test_so_many_are_under_way_until_one_ends(counters: Counting) -> None:
    scope = Scope("user/anna", parallel=2)
    one, two = await reserved(counters, scope), await reserved(counters, scope)
    assert (await refused(counters, scope)).kind == "parallel"
    counters.settle(one, 0, 0)
    await asyncio.sleep(0.02)
    three = await reserved(counters, scope)
    assert (await refused(counters, scope)).held
    for lease in (two, three):
        counters.settle(lease, 0, 0)
    assert (await standing(counters, scope))[1] == 0


async def test_tokens_are_held_then_what_was_used_takes_their_place(counters: Counting) -> None:
    scope = Scope("user/anna", tokens=1_000)
    lease = await reserved(counters, scope, asks=(Ask(600, 0),))
    assert lease.standings[0].tokens == 600
    held = await refused(counters, scope, asks=(Ask(600, 0),))
    assert (held.kind, held.held, held.wait_ms) == ("tokens", True, None)
    counters.settle(lease, 150, 0)
    assert (await standing(counters, scope))[2] == 150
    counters.settle(await reserved(counters, scope, asks=(Ask(850, 0),)), 850, 0)
    await asyncio.sleep(0.02)
    full = await refused(counters, scope, asks=(Ask(1, 0),))
    assert not full.held
    assert full.wait_ms is not None
    assert abs(full.wait_ms - (DAY_MS - time.time_ns() // 1_000_000 % DAY_MS)) < 1_000
    # What needs none is not kept out.
    await reserved(counters, scope)


async def test_a_lease_is_settled_once(counters: Counting) -> None:
    scope = Scope("user/anna", tokens=1_000, spend=1_000, parallel=5)
    lease = await reserved(counters, scope, asks=(Ask(100, 100),))
    for _ in range(3):
        counters.settle(lease, 10, 20)
    assert (await standing(counters, scope))[1:] == (0, 10, 20)


async def test_failure_gives_all_of_it_back(counters: Counting) -> None:
    scope = Scope("user/anna", tokens=1_000, spend=500)
    for _ in range(20):
        counters.settle(await reserved(counters, scope, asks=(Ask(1_000, 500),)), 0, 0)
        async with asyncio.timeout(5):
            while (await standing(counters, scope))[2:] != (0, 0):
                await asyncio.sleep(0.005)


async def test_money_is_counted_within_its_period(counters: Counting) -> None:
    today, ever = Scope("user/anna", spend=100, period="day"), Scope("daemon", spend=1_000)
    counters.settle(await reserved(counters, today, ever, asks=(Ask(0, 100),)), 0, 100)
    await asyncio.sleep(0.02)
    refusal = await refused(counters, today, ever, asks=(Ask(0, 1),))
    assert (refusal.scope.key, refusal.kind, refusal.held) == ("user/anna", "spend", False)
    assert refusal.wait_ms is not None
    assert 0 < refusal.wait_ms <= DAY_MS
    counters.settle(await reserved(counters, ever, asks=(Ask(0, 900),)), 0, 900)
    await asyncio.sleep(0.02)
    assert (await refused(counters, ever, asks=(Ask(0, 1),))).wait_ms is None


async def test_large_sums_are_exact(counters: Counting) -> None:
    scope = Scope("daemon", spend=2_000_000 * 10**9)
    counters.settle(await reserved(counters, scope, asks=(Ask(0, 1_234_567_890_123_456),)), 0, 1_234_567_890_123_457)
    assert (await standing(counters, scope))[3] == 1_234_567_890_123_457


async def test_all_scopes_or_none(counters: Counting) -> None:
    wide, narrow = Scope("user/anna", requests=10, tokens=1_000), Scope("token/ci", requests=1)
    await reserved(counters, wide, narrow, asks=(Ask(10, 0),))
    refusal = await refused(counters, wide, narrow, asks=(Ask(10, 0),))
    assert refusal.scope is narrow
    assert await standing(counters, wide) == (1, 1, 10, 0)


async def test_the_most_that_is_to_be_had_of_what_is_asked(counters: Counting) -> None:
    scope = Scope("user/anna", tokens=1_000, spend=50)
    asks = (Ask(100, 80), Ask(100, 40), Ask(100, 0), Ask(0, 0))
    granted = [(await reserved(counters, scope, asks=asks)).ask for _ in range(12)]
    assert granted == [Ask(100, 40), *[Ask(100, 0)] * 9, *[Ask(0, 0)] * 2]


async def test_500_at_once_on_a_budget_for_10(counters: Counting) -> None:
    scope = Scope("user/anna", spend=1_000)
    found = await asyncio.gather(*(counters.reserve(f"r{n}", [scope], [Ask(500, 100)]) for n in range(500)))
    assert sum(isinstance(one, Lease) for one in found) == 10


async def test_what_was_used_before_the_ledger_tells_once(counters: Counting, ledger: Ledger) -> None:
    now = time.time_ns() // 1_000_000
    ledger.past["user/anna"] = Past([(now - 50, "a"), (now - 20, "b")], tokens=400, spend=30)
    scope = Scope("user/anna", requests=10, tokens=1_000, spend=100, period="month")
    stands = await asyncio.gather(*(counters.read([scope]) for _ in range(20)))
    assert all((one.requests, one.tokens, one.spend) == (2, 400, 30) for [one] in stands)
    assert set(ledger.asked) == {"user/anna"}
    lease = await reserved(counters, scope, asks=(Ask(600, 70),))
    assert (lease.standings[0].requests, lease.standings[0].tokens) == (3, 1_000)
    assert len(ledger.asked) <= 20


async def test_what_is_forgotten_is_asked_again_and_what_is_under_way_stays(counters: Counting, ledger: Ledger) -> None:
    scope = Scope("user/anna", parallel=5, tokens=1_000)
    lease = await reserved(counters, scope, asks=(Ask(100, 0),))
    ledger.past["user/anna"] = Past(tokens=300)
    await counters.forget("user/anna")
    assert (await standing(counters, scope))[1:3] == (1, 400)
    counters.settle(lease, 50, 0)
    assert (await standing(counters, scope))[1:3] == (0, 350)


async def test_another_period_is_asked_of_the_ledger(counters: Counting, ledger: Ledger) -> None:
    counters.settle(await reserved(counters, Scope("daemon", spend=100, period="day"), asks=(Ask(0, 60),)), 0, 60)
    await asyncio.sleep(0.02)
    ledger.past["daemon"] = Past(spend=95)
    assert (await refused(counters, Scope("daemon", spend=100, period="month"), asks=(Ask(0, 10),))).kind == "spend"


async def test_a_limit_of_nothing_lets_nothing_through(counters: Counting) -> None:
    assert (await refused(counters, Scope("user/anna", requests=0))).wait_ms == MINUTE_MS
    assert (await refused(counters, Scope("user/anna", tokens=0), asks=(Ask(1, 0),))).kind == "tokens"


def test_a_month_ends_with_its_last_day() -> None:
    moment = int(datetime(2026, 12, 31, 23, 59, tzinfo=UTC).timestamp() * 1_000)
    ends = end("month", moment)
    assert ends is not None
    assert datetime.fromtimestamp(ends / 1_000, UTC) == datetime(2027, 1, 1, tzinfo=UTC)
