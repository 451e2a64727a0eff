"""A database of its own for each test, of each kind that there is."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.postgresql import NotHere, Postgresql, postgresql
from tests.triforce_daemon.stores.databases import opened, postgresql_database
from triforce_daemon.stores.database import Database


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "triforce.db")


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


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    found = await opened(request, request.param)
    yield found
    await found.close()
