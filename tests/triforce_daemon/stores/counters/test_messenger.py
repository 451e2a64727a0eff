"""Redis hears what it is owed once, one message after the other, and soon."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from tests.triforce_daemon.stores.counters.conftest import Ledger
from tests.valkey import Valkey
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.counters.counters import Ask, Lease, Scope
from triforce_daemon.stores.counters.in_redis import InRedis
from triforce_daemon.stores.counters.messenger import LATER_SECONDS, Messenger
from triforce_daemon.stores.counters.owed import Owed
from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.connection import RedisConnection
from triforce_daemon.stores.redis.faults import RedisUnreachable

ANNA = Scope("user/anna", tokens=1_000)
SOON = 0.05


class Desk:
    """What was used is owed here, and told by `messenger`."""

    def __init__(self, redis: InRedis) -> None:
        self.redis = redis
        self.owed = Owed()
        self.failures = 0
        self.messenger = Messenger(redis, self.owed, self._failed)

    def use(self, tokens: int) -> None:
        self.owed.used(Lease("r", (ANNA,), Ask(0, 0), ()), None, tokens, 0, Clock().now_ms())

    async def heard(self) -> tuple[int, int]:
        """How many messages Redis has heard, and the tokens that they told."""
        [stands] = await self.redis.read([ANNA])
        return await self.redis.join(), stands.tokens

    def _failed(self) -> None:
        self.failures += 1


@pytest.fixture
async def desk(server: Valkey, ledger: Ledger) -> AsyncIterator[Desk]:
    connection = RedisConnection(Address.of(server.url), Tasks(), 0.2, Random())
    assert await connection.start()
    redis = InRedis(connection, ledger.remember, Clock())
    await redis.read([ANNA])
    desk = Desk(redis)
    # Redis knows the scripts.
    desk.use(1)
    await desk.messenger.tell_all()
    yield desk
    desk.messenger.close()
    await connection.close()


async def test_what_comes_while_a_message_is_on_its_way_is_the_next_one(desk: Desk) -> None:
    for _ in range(5):
        desk.use(10)
        desk.messenger.tell()
    await asyncio.sleep(SOON)
    assert await desk.heard() == (3, 51)


async def test_what_is_told_along_is_heard_before_what_is_asked(desk: Desk) -> None:
    desk.use(10)
    desk.messenger.tell_along()
    assert await desk.heard() == (2, 11)


async def test_what_may_be_told_later_waits_for_somebody_who_asks(desk: Desk) -> None:
    for _ in range(3):
        desk.use(10)
        desk.messenger.tell_later()
    assert await desk.heard() == (1, 1)
    desk.messenger.tell_along()
    assert await desk.heard() == (2, 31)


async def test_it_waits_no_longer_than_a_moment(desk: Desk) -> None:
    desk.use(10)
    desk.messenger.tell_later()
    await asyncio.sleep(LATER_SECONDS + SOON)
    assert await desk.heard() == (2, 11)


async def test_what_was_not_heard_is_said_and_told_again_once(desk: Desk, server: Valkey) -> None:
    server.say("SCRIPT", "FLUSH")
    desk.use(10)
    desk.messenger.tell()
    await asyncio.sleep(SOON)
    assert desk.failures == 1
    desk.use(20)
    desk.messenger.tell()
    await desk.messenger.tell_all()
    assert await desk.heard() == (3, 31)
    desk.use(30)
    desk.messenger.tell_along()
    assert await desk.heard() == (4, 61)


async def test_nothing_is_told_while_redis_is_away(desk: Desk) -> None:
    desk.messenger.stop()
    desk.use(10)
    desk.messenger.tell()
    desk.messenger.tell_later()
    await asyncio.sleep(LATER_SECONDS + SOON)
    assert await desk.heard() == (1, 1)
    await desk.messenger.tell_all()
    assert await desk.heard() == (2, 11)


async def test_a_redis_that_hangs_is_told_again_what_it_may_have_heard(desk: Desk, server: Valkey) -> None:
    server.pause()
    desk.use(10)
    with pytest.raises(RedisUnreachable):
        await desk.messenger.tell_all()
    assert not desk.owed.empty
    desk.messenger.tell()
    assert desk.failures == 0
    server.resume()
