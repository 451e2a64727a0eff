"""What only Redis is asked to do: each step once, whatever comes late."""

from collections.abc import AsyncIterator
from random import Random

import pytest

from tests.triforce_daemon.stores.counters.conftest import Ledger
from tests.valkey import Valkey
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.counters.counters import Ask, Lease, Scope
from triforce_daemon.stores.counters.in_redis import InRedis, member
from triforce_daemon.stores.counters.owed import Owed
from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.connection import RedisConnection
from triforce_daemon.stores.redis.faults import RedisUnreachable

ANNA = Scope("user/anna", requests=10, parallel=10, tokens=1_000)


@pytest.fixture
async def redis(server: Valkey, ledger: Ledger) -> AsyncIterator[InRedis]:
    connection = RedisConnection(Address.of(server.url), Tasks(), 0.5, Random())
    assert await connection.start()
    counting = InRedis(connection, ledger.remember, Clock())
    await counting.join()
    yield counting
    await connection.close()


async def test_a_message_that_comes_twice_counts_once(redis: InRedis) -> None:
    lease = await redis.reserve("r1", [ANNA], [Ask(100, 0)])
    assert isinstance(lease, Lease)
    owed = Owed()
    owed.used(lease, member("r1", lease.ask), 30, 0, Clock().now_ms())
    message = owed.message()
    assert message is not None
    for _ in range(3):
        await redis.settle(message)
    [stands] = await redis.read([ANNA])
    assert (stands.requests, stands.parallel, stands.tokens) == (1, 0, 30)
    assert await redis.join() == 1


async def test_what_comes_late_over_an_earlier_connection_counts_no_more(redis: InRedis, server: Valkey) -> None:
    late = redis.reserve("late", [ANNA], [Ask(0, 0)])
    # Another connection of the same daemon has taken its place.
    [key] = server.say("KEYS", "triforce:count:by:*")
    server.say("HSET", key, "generation", 99)
    with pytest.raises(RedisUnreachable):
        await late
    await redis.join()
    [stands] = await redis.read([ANNA])
    assert stands.requests == 0


async def test_to_hold_on_twice_holds_once(redis: InRedis) -> None:
    lease = Lease("alone", (ANNA,), Ask(100, 0), ())
    await redis.read([ANNA])
    for _ in range(3):
        await redis.renew([lease])
    [stands] = await redis.read([ANNA])
    assert (stands.parallel, stands.tokens, lease.in_redis) == (1, 100, True)


async def test_nothing_stays_in_redis_for_ever(redis: InRedis, server: Valkey) -> None:
    lease = await redis.reserve("r1", [ANNA, Scope("daemon", spend=100)], [Ask(10, 10)])
    assert isinstance(lease, Lease)
    await redis.renew([lease])
    keys = server.say("KEYS", "*")
    assert len(keys) == 6
    assert all(server.say("PTTL", key) > 0 for key in keys)
