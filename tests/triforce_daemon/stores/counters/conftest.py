"""Whoever counts, by his name: in memory, and in a real Redis; both are held to the same tests."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from random import Random

import pytest

from tests.valkey import Valkey, valkey
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.counters.counters import Counting, Past, Scope
from triforce_daemon.stores.counters.foresight import Foresight
from triforce_daemon.stores.counters.in_memory import InMemory
from triforce_daemon.stores.counters.in_redis import InRedis
from triforce_daemon.stores.counters.together import Together
from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.connection import RedisConnection

MINUTE_MS = 400


@dataclass
class Ledger:
    """What was used before, by scope."""

    past: dict[str, Past] = field(default_factory=dict[str, Past])
    asked: list[str] = field(default_factory=list[str])

    async def remember(self, scope: Scope) -> Past:
        self.asked.append(scope.key)
        return self.past.get(scope.key, Past())


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def server(folder: str) -> Iterator[Valkey]:
    with valkey(folder) as running:
        yield running


@dataclass
class Daemon:
    """One of several that count in the same Redis."""

    connection: RedisConnection
    counters: Together
    tasks: Tasks

    async def close(self) -> None:
        await self.tasks.stop()
        await self.connection.close()


async def daemon(
    server: Valkey, ledger: Ledger, *, minute_ms: int = MINUTE_MS, lease_ms: int = 30_000, share: int = 2
) -> Daemon:
    tasks, clock = Tasks(), Clock()
    connection = RedisConnection(Address.of(server.url), tasks, 0.5, Random())
    await connection.start()
    redis = InRedis(connection, ledger.remember, clock, minute_ms=minute_ms, lease_ms=lease_ms)
    counters = Together(redis, ledger.remember, clock, tasks, share)
    await counters.start()
    return Daemon(connection, counters, tasks)


@pytest.fixture(params=["memory", "redis", "foresight"])
async def counters(request: pytest.FixtureRequest, ledger: Ledger) -> AsyncIterator[Counting]:
    if request.param == "memory":
        yield InMemory(ledger.remember, Clock(), minute_ms=MINUTE_MS)
        return
    one = await daemon(request.getfixturevalue("server"), ledger)
    yield Foresight(one.counters, Clock()) if request.param == "foresight" else one.counters
    await one.close()
