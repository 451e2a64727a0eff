"""Several daemons on one Redis, which dies, hangs, fills up and comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.triforce_daemon.stores.counters.conftest import Daemon, Ledger, daemon
from tests.valkey import Valkey
from triforce_daemon.stores.counters.counters import Ask, Counting, Lease, Past, Scope, Standing

NOTHING = (Ask(0, 0),)
MINUTE = 60_000


async def until(holds: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


async def many(counters: Counting, count: int, scope: Scope, ask: Ask = NOTHING[0], name: str = "r") -> list[Lease]:
    found = await asyncio.gather(*(counters.reserve(f"{name}{n}", [scope], [ask]) for n in range(count)))
    return [one for one in found if isinstance(one, Lease)]


async def stands(counters: Counting, scope: Scope) -> Standing:
    [standing] = await counters.read([scope])
    return standing


@pytest.fixture
async def three(server: Valkey, ledger: Ledger) -> AsyncIterator[list[Daemon]]:
    daemons = [await daemon(server, ledger, minute_ms=MINUTE, share=3) for _ in range(3)]
    yield daemons
    for one in daemons:
        await one.close()


async def test_three_daemons_let_through_what_one_would(three: list[Daemon]) -> None:
    scope = Scope("user/anna", requests=50, spend=4_000)
    leases = await asyncio.gather(*(many(one.counters, 100, scope, Ask(0, 50), f"{n}-") for n, one in enumerate(three)))
    assert sum(map(len, leases)) == 50
    for one, own in zip(three, leases, strict=True):
        for lease in own:
            one.counters.settle(lease, 0, 10)
    await asyncio.sleep(0.1)
    found = [await stands(one.counters, scope) for one in three]
    assert {(one.requests, one.parallel, one.spend) for one in found} == {(50, 0, 500)}


async def test_what_a_dead_daemon_held_vanishes(server: Valkey, ledger: Ledger) -> None:
    dying, other = await daemon(server, ledger, lease_ms=400), await daemon(server, ledger, lease_ms=400)
    scope = Scope("user/anna", parallel=2, tokens=1_000)
    assert len(await many(dying.counters, 2, scope, Ask(500, 0))) == 2
    assert not await many(other.counters, 1, scope)
    # Nothing is settled.
    await dying.close()
    await asyncio.sleep(0.5)
    assert len(await many(other.counters, 2, scope, Ask(500, 0), "late")) == 2
    await other.close()


async def test_what_takes_longer_than_a_lease_is_held_on_to(server: Valkey, ledger: Ledger) -> None:
    one = await daemon(server, ledger, lease_ms=300)
    scope = Scope("user/anna", parallel=1)
    [lease] = await many(one.counters, 1, scope)
    await asyncio.sleep(0.7)
    assert not await many(one.counters, 1, scope)
    one.counters.settle(lease, 0, 0)
    await asyncio.sleep(0.05)
    assert await many(one.counters, 1, scope, name="next")
    await one.close()


async def test_without_redis_a_daemon_gives_out_its_part(folder: str, ledger: Ledger) -> None:
    one = await daemon(Valkey(folder), ledger, minute_ms=MINUTE, share=2)
    assert one.counters.trouble is not None
    ledger.past["user/anna"] = Past(tokens=200)
    assert len(await many(one.counters, 50, Scope("user/bob", requests=20))) == 10
    assert len(await many(one.counters, 50, Scope("user/carl", requests=1))) == 1
    # Of what is left.
    assert len(await many(one.counters, 50, Scope("user/anna", tokens=1_000), Ask(100, 0))) == 4
    await one.close()


@pytest.mark.parametrize("ends", [True, False])
async def test_a_redis_that_hangs_delays_once_and_is_exact_again_with_what_was_used_meanwhile(
    server: Valkey, ledger: Ledger, ends: bool
) -> None:
    one = await daemon(server, ledger, minute_ms=MINUTE)
    scope = Scope("user/anna", requests=1_000, parallel=900, tokens=10_000)
    before = await many(one.counters, 10, scope, Ask(10, 0), "before")
    server.pause()
    loop = asyncio.get_running_loop()
    began = loop.time()
    hung = await many(one.counters, 50, scope, Ask(10, 0), "hung")
    assert loop.time() - began < 1
    assert len(hung) == 50
    began = loop.time()
    during = await many(one.counters, 200, scope, Ask(10, 0), "during")
    assert loop.time() - began < 0.3
    assert len(during) == 200
    assert one.counters.trouble is not None
    if ends:
        for lease in (*before, *hung, *during):
            one.counters.settle(lease, 7, 0)
    server.resume()
    await until(lambda: one.counters.trouble is None)
    other = await daemon(server, ledger, minute_ms=MINUTE)
    await asyncio.sleep(0.1)
    seen = await stands(other.counters, scope)
    assert seen.requests == 260
    assert (seen.parallel, seen.tokens) == ((0, 1_820) if ends else (260, 2_600))
    if not ends:
        for lease in (*before, *hung, *during):
            one.counters.settle(lease, 7, 0)
        await asyncio.sleep(0.1)
        seen = await stands(other.counters, scope)
        assert (seen.parallel, seen.tokens) == (0, 1_820)
    for daemon_ in (one, other):
        await daemon_.close()


async def test_limits_hold_while_redis_is_away(server: Valkey, ledger: Ledger) -> None:
    one = await daemon(server, ledger, minute_ms=MINUTE)
    scope = Scope("user/anna", tokens=1_000)
    for lease in await many(one.counters, 4, scope, Ask(100, 0)):
        one.counters.settle(lease, 100, 0)
    await asyncio.sleep(0.05)
    await stands(one.counters, scope)
    assert await many(one.counters, 1, scope, Ask(100, 0), "seen")
    server.stop()
    await until(lambda: not one.connection.connected)
    # 500 are used or held; the half of what is left is given out.
    assert len(await many(one.counters, 50, scope, Ask(50, 0), "away")) == 5
    await one.close()


def full(server: Valkey) -> None:
    server.say("CONFIG", "SET", "maxmemory", 1)


def read_only(server: Valkey) -> None:
    server.say("REPLICAOF", "127.0.0.1", 1)


def no_scripts(server: Valkey) -> None:
    server.say("ACL", "SETUSER", "default", "-@scripting")


def well(server: Valkey) -> None:
    server.say("CONFIG", "SET", "maxmemory", 0)
    server.say("REPLICAOF", "NO", "ONE")
    server.say("ACL", "SETUSER", "default", "+@scripting")


@pytest.mark.parametrize("ill", [full, read_only, no_scripts])
async def test_a_redis_that_refuses_is_done_without(
    server: Valkey, ledger: Ledger, ill: Callable[[Valkey], None]
) -> None:
    one = await daemon(server, ledger, minute_ms=MINUTE)
    scope = Scope("user/anna", requests=20)
    assert len(await many(one.counters, 4, scope)) == 4
    ill(server)
    # Where Redis is full, it counts on with those whom it knows.
    assert len(await many(one.counters, 50, Scope("user/bob", requests=20), name="ill")) == 10
    assert one.counters.trouble is not None
    assert len(await many(one.counters, 50, scope, name="ill")) == 10
    well(server)
    await until(lambda: one.counters.trouble is None)
    assert len(await many(one.counters, 50, scope, name="well")) == 6
    await one.close()


async def test_a_redis_that_lost_everything_asks_the_ledger(server: Valkey, ledger: Ledger) -> None:
    one = await daemon(server, ledger, minute_ms=MINUTE)
    scope = Scope("user/anna", tokens=1_000)
    [lease] = await many(one.counters, 1, scope, Ask(900, 0))
    server.say("FLUSHALL")
    # By now it stands there.
    ledger.past["user/anna"] = Past(tokens=900)
    one.counters.settle(lease, 900, 0)
    await until(lambda: one.counters.trouble is None)
    await asyncio.sleep(0.1)
    assert len(await many(one.counters, 10, scope, Ask(50, 0), "after")) == 2
    await one.close()


async def test_another_day_begins_with_nothing(server: Valkey, ledger: Ledger) -> None:
    one = await daemon(server, ledger)
    scope = Scope("user/anna", tokens=100, spend=100, period="month")
    [lease] = await many(one.counters, 1, scope, Ask(100, 100))
    one.counters.settle(lease, 100, 100)
    await asyncio.sleep(0.05)
    assert not await many(one.counters, 1, scope, Ask(1, 1))
    server.say("HINCRBY", "triforce:count:user/anna:sums", "d", -1)
    server.say("HINCRBY", "triforce:count:user/anna:sums", "w", -1)
    assert len(await many(one.counters, 3, scope, Ask(50, 50), "tomorrow")) == 2
    await one.close()
