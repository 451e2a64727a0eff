"""Memory in PostgreSQL's own words: what holds all of them, then what holds some."""

import pytest

from tests.triforce_daemon.stores.databases import opened
from tests.triforce_daemon.stores.memory_rows import START, entry
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_writes import MemoryWrites
from triforce_daemon.stores.postgresql import memory_search

ANNA = MemoryFilter("anna", START)


async def test_all_comes_before_some(request: pytest.FixtureRequest) -> None:
    database = await opened(request, "postgresql")
    rows = (
        entry("one", content="zebra zebra"),
        entry("both", content="a zebra and much else", tags="\nlion\n"),
        entry("none", content="much else"),
        entry("theirs", content="zebra lion", owner="ben"),
    )
    await database.write(*map(MemoryWrites(database).insert, rows))
    async with database.read() as connection:
        found = await memory_search.find(connection, ANNA, ["zebra", "lion"], 9)
        assert list(found) == [2, 1]
        assert list(await memory_search.find(connection, ANNA, ["zebra", "lio"], 9)) == [2, 1]
        assert list(await memory_search.find(connection, ANNA, ["zebra", "lion"], 1)) == [2]
        assert await memory_search.find(connection, ANNA, ["++"], 9) == {}
    await database.close()
