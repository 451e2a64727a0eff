"""A server that a test may stop, and what writes to it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from tests.postgresql import NotHere, Postgresql, postgresql
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.postgresql.connecting import connect
from triforce_daemon.stores.postgresql.writer import Writer

PATIENCE = 5.0


@pytest.fixture(scope="package")
def _frail() -> Iterator[Postgresql]:
    try:
        with postgresql() as running:
            yield running
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture
def frail(_frail: Postgresql) -> Iterator[Postgresql]:
    """A server that a test may stop and pause; it runs again for the next."""
    yield _frail
    _frail.recover()


@pytest.fixture
def notes(frail: Postgresql) -> Address:
    """A database with one table."""
    name = frail.new_database()
    frail.say("CREATE TABLE notes (id bigint PRIMARY KEY, word text NOT NULL)", name)
    return Address.of(frail.url(name))


@pytest.fixture
async def writer(notes: Address) -> AsyncIterator[Writer]:
    started = Writer(lambda: connect(notes, PATIENCE), PATIENCE)
    started.start(Tasks())
    yield started
    await started.stop()


@pytest.fixture
async def looker(notes: Address) -> AsyncIterator[asyncpg.Connection]:
    """Another program's connection."""
    connection = await connect(notes, PATIENCE)
    yield connection
    await asyncio.shield(connection.close(timeout=1))
