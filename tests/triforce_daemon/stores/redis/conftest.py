"""A real server for each test, and a connection to it."""

from collections.abc import AsyncIterator, Iterator
from random import Random

import pytest

from tests.valkey import Valkey, valkey
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.connection import RedisConnection


@pytest.fixture
def server(folder: str) -> Iterator[Valkey]:
    with valkey(folder) as running:
        yield running


@pytest.fixture
async def connection(server: Valkey) -> AsyncIterator[RedisConnection]:
    opened = RedisConnection(Address.of(server.url), Tasks(), 0.2, Random())
    assert await opened.start()
    yield opened
    await opened.close()
