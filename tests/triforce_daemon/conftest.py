"""The daemon in the test's own loop, and a PostgreSQL for those that share one."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.postgresql import NotHere, Postgresql, postgresql
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.stores.databases import postgresql_database


@pytest.fixture
async def served(folder: str) -> AsyncIterator[ServedDaemon]:
    """A daemon with a scripted provider, on a real socket."""
    async with serve(folder) as daemon:
        yield daemon


@pytest.fixture(scope="session")
def server() -> Iterator[Postgresql]:
    """A PostgreSQL that all tests share, and none of them stops."""
    try:
        with postgresql() as running:
            yield running
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def template(server: Postgresql) -> str:
    """The name of a database with the tables."""
    name = server.new_database()

    async def fill() -> None:
        database = postgresql_database(server, name)
        await database.open()
        await database.close()

    # In a thread, for whoever asks first may be in a loop of its own.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, fill()).result()
    return name
