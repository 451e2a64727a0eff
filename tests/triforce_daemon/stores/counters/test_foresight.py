"""What is held for a request before it comes: it spares its caller Redis, and never costs anybody a limit."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.triforce_daemon.stores.counters.conftest import Daemon, Ledger, daemon
from tests.valkey import Valkey
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.counters.counters import Ask, Lease, Past, Refusal, Scope
from triforce_daemon.stores.counters.foresight import OFTEN_MS, Foresight

SMALL, LARGE = Ask(10, 10), Ask(1_000, 10)
IN_VAIN = OFTEN_MS * 3 / 1_000
#: The same tuple for all requests of a caller, as an allowance has it.
ANNA = (Scope("user/anna", requests=1_000, parallel=100, tokens=100_000, spend=100_000),)


class House:
    def __init__(self, one: Daemon) -> None:
        self.one = one
        self.counters = Foresight(one.counters, Clock())
        self._number = 0

    async def ask(self, scopes: tuple[Scope, ...] = ANNA, ask: Ask = SMALL) -> Lease:
        self._number += 1
        found = await self.counters.reserve(f"r{self._number}", scopes, [ask])
        assert isinstance(found, Lease), found
        return found

    def end(self, lease: Lease) -> None:
        self.counters.settle(lease, 1, 1)

    async def ask_twice(self, scopes: tuple[Scope, ...] = ANNA) -> None:
        """From the second one on he asks often."""
        for _ in range(2):
            self.end(await self.ask(scopes))
            # Redis hears of the end of the one before it is asked for the next.
            await asyncio.sleep(0.05)

    async def stands(self, scopes: tuple[Scope, ...] = ANNA) -> tuple[int, int, int, int]:
        await asyncio.sleep(0.05)
        [stands] = await self.counters.read(scopes[:1])
        return stands.requests, stands.parallel, stands.tokens, stands.spend


@pytest.fixture
async def house(server: Valkey, ledger: Ledger) -> AsyncIterator[House]:
    one = await daemon(server, ledger, minute_ms=60_000)
    yield House(one)
    await one.close()


async def test_who_asks_often_need_not_wait_for_redis(house: House, server: Valkey) -> None:
    await house.ask_twice()
    server.pause()
    lease = await asyncio.wait_for(house.ask(), 0.1)
    server.resume()
    house.counters.settle(lease, 5, 5)
    assert lease.ask == SMALL
    await asyncio.sleep(IN_VAIN)
    assert await house.stands() == (3, 0, 7, 7)


async def test_the_next_one_is_counted_while_one_is_answered(house: House) -> None:
    await house.ask_twice()
    await house.ask()
    # Three that came, of which one is under way, and the next.
    assert await house.stands() == (4, 2, 22, 22)


async def test_who_asks_now_and_then_has_nothing_held(house: House) -> None:
    for _ in range(2):
        house.end(await house.ask())
        await asyncio.sleep(OFTEN_MS * 1.5 / 1_000)
    assert await house.stands() == (2, 0, 2, 2)


async def test_what_nobody_comes_for_is_taken_back(house: House) -> None:
    await house.ask_twice()
    assert await house.stands() == (3, 1, 12, 12)
    await asyncio.sleep(IN_VAIN)
    assert await house.stands() == (2, 0, 2, 2)


async def test_a_request_that_needs_more_is_counted_for_itself(house: House) -> None:
    await house.ask_twice()
    lease = await house.ask(ask=LARGE)
    assert lease.ask == LARGE
    await asyncio.sleep(IN_VAIN)
    assert await house.stands() == (3, 1, 1_002, 12)


@pytest.mark.parametrize(
    "scope",
    [
        Scope("user/anna", requests=3),
        Scope("user/anna", parallel=1),
        Scope("user/anna", tokens=19),
        Scope("user/anna", spend=19),
    ],
)
async def test_near_a_limit_nothing_is_held(house: House, scope: Scope) -> None:
    scopes = (Scope("user/anna/all", requests=1_000), scope)
    await house.ask_twice(scopes)
    assert (await house.stands(scopes))[:2] == (2, 0)


@pytest.mark.parametrize(("limit", "heard"), [(100, (5, 2)), (3, (2, 0))])
async def test_whose_next_one_is_held_need_not_have_his_end_told_at_once(
    house: House, ledger: Ledger, server: Valkey, monkeypatch: pytest.MonkeyPatch, limit: int, heard: tuple[int, int]
) -> None:
    monkeypatch.setattr("triforce_daemon.stores.counters.messenger.LATER_SECONDS", 60)
    scopes = (Scope("user/anna", requests=limit),)
    other = await daemon(server, ledger, minute_ms=60_000)
    await house.ask_twice(scopes)
    if limit == 100:
        house.end(await house.ask(scopes))
        await house.ask(scopes)
    await asyncio.sleep(0.05)
    [stands] = await other.counters.read(scopes)
    assert (stands.requests, stands.parallel) == heard
    await other.close()


async def test_what_redis_refuses_is_no_fault_of_who_has_not_asked(house: House, server: Valkey) -> None:
    await house.ask_twice()
    server.say("SCRIPT", "FLUSH")
    house.end(await house.ask())
    await asyncio.sleep(0.05)
    assert house.counters.trouble is None
    house.end(await house.ask())
    await asyncio.sleep(IN_VAIN)
    assert await house.stands() == (4, 0, 4, 4)


async def test_what_redis_may_have_counted_ahead_is_counted_no_more(house: House, server: Valkey) -> None:
    await house.ask_twice()
    server.pause()
    lease = await house.ask()
    async with asyncio.timeout(3):
        while house.counters.trouble is None:
            await asyncio.sleep(0.02)
    house.end(lease)
    server.resume()
    async with asyncio.timeout(10):
        while house.counters.trouble is not None:
            await asyncio.sleep(0.02)
    assert await house.stands() == (3, 0, 3, 3)


async def test_several_daemons_let_through_what_one_would(server: Valkey, ledger: Ledger) -> None:
    daemons = [await daemon(server, ledger, minute_ms=60_000, share=3) for _ in range(3)]
    houses = [House(one) for one in daemons]
    scopes = [(Scope("user/anna", requests=60),) for _ in houses]

    async def use(house: House, own: tuple[Scope, ...], name: str) -> int:
        """As often as he is let through, and once more in vain."""
        served = 0
        while isinstance(found := await house.counters.reserve(f"{name}{served}", own, [SMALL]), Lease):
            served += 1
            house.end(found)
        assert isinstance(found, Refusal)
        return served

    served = await asyncio.gather(*map(use, houses, scopes, "abc"))
    # One that was held for somebody who does not come may be missing for a moment, of each daemon.
    assert 60 - len(houses) <= sum(served) <= 60
    await asyncio.sleep(IN_VAIN)
    rest = await asyncio.gather(*map(use, houses, scopes, "def"))
    assert sum(served) + sum(rest) == 60
    for one in daemons:
        await one.close()


async def test_who_leaves_while_it_is_on_its_way_leaves_nothing_held(house: House, server: Valkey) -> None:
    await house.ask_twice()
    lease = await house.ask()
    server.pause()
    house.end(lease)
    waiting = asyncio.create_task(house.ask())
    await asyncio.sleep(0.05)
    waiting.cancel()
    server.resume()
    with suppress(asyncio.CancelledError):
        await waiting
    assert await house.stands() == (3, 0, 3, 3)


async def test_a_redis_that_is_away_is_not_asked_for_more(house: House, server: Valkey) -> None:
    await house.ask_twice()
    server.stop()
    while house.counters.trouble is None:
        with suppress(AssertionError):
            house.end(await house.ask())
        await asyncio.sleep(0.01)
    lease = await house.ask()
    assert lease.held
    house.end(lease)
    assert await house.counters.reserve("next", ANNA, [SMALL])


async def test_a_daemon_that_ends_holds_nothing_for_anybody(house: House, server: Valkey, ledger: Ledger) -> None:
    await house.ask_twice()
    await house.counters.close()
    other = await daemon(server, ledger)
    [stands] = await other.counters.read(ANNA)
    assert (stands.requests, stands.parallel, stands.tokens) == (2, 0, 2)
    await other.close()


async def test_a_daemon_ends_while_something_is_about_to_be_held(house: House, server: Valkey) -> None:
    await house.ask_twice()
    lease = await house.ask()
    server.pause()
    house.end(lease)
    await house.one.tasks.stop()
    server.resume()
    await house.counters.close()


async def test_what_was_held_is_not_counted_twice_where_the_ledger_is_asked_again(house: House, ledger: Ledger) -> None:
    for _ in range(5):
        house.end(await house.ask())
        await asyncio.sleep(0.01)
    now = Clock().now_ms()
    ledger.past["user/anna"] = Past([(now, f"r{number}") for number in range(1, 6)], tokens=5, spend=5)
    await asyncio.sleep(IN_VAIN)
    await house.counters.forget("user/anna")
    assert (await house.stands())[0] == 5


async def test_only_so_many_callers_are_remembered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triforce_daemon.stores.counters.foresight.REMEMBERED", 3)
    await house.ask_twice()
    for number in range(5):
        await house.ask((Scope(f"user/{number}", requests=10),))
    await asyncio.sleep(IN_VAIN)
    assert await house.stands() == (2, 0, 2, 2)


async def test_for_whom_is_remembered_no_more_nothing_is_held(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triforce_daemon.stores.counters.foresight.REMEMBERED", 1)
    leases = [await house.ask(), await house.ask()]
    # In the same turn of the loop, before anything could be held for anna.
    house.end(await house.ask((Scope("user/bob", requests=10),)))
    for lease in leases:
        house.end(lease)
    await asyncio.sleep(IN_VAIN)
    assert await house.stands() == (2, 0, 2, 2)
