"""What stands in very many entries has to be there, and weighs nothing."""

from collections.abc import Sequence

import pytest

from tests.triforce_daemon.stores.memory_rows import START, entry
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_writes import MemoryWrites
from triforce_daemon.stores.sqlite import memory_search
from triforce_daemon.stores.sqlite.database import SqliteDatabase


@pytest.fixture
async def many(database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> SqliteDatabase:
    """Rows 1 to 6 hold `the zebra`, 7 `the lion`, 8 `the rare zebra`; three rows are many."""
    monkeypatch.setattr(memory_search, "MANY", 3)
    contents = [*["the zebra"] * 6, "the lion", "the rare zebra"]
    rows = [entry(f"{number}", content=content) for number, content in enumerate(contents, start=1)]
    await database.write(*map(MemoryWrites(database).insert, rows))
    return database


async def found(database: SqliteDatabase, words: str) -> dict[int, float]:
    async with database.read() as connection:
        return await memory_search.find(connection, MemoryFilter("anna", START), words.split(), 9)


async def test_where_nothing_is_rare_the_newest_come_first(many: SqliteDatabase) -> None:
    assert await found(many, "zebra") == {8: 0, 6: 0, 5: 0, 4: 0, 3: 0, 2: 0, 1: 0}


@pytest.mark.parametrize(
    ("words", "first"), [("the rare zebra", [8]), ("the lion", [7]), ("the zebra nowhere", [8, 6, 5, 4, 3, 2, 1, 7])]
)
async def test_the_rare_words_decide(many: SqliteDatabase, words: str, first: Sequence[int]) -> None:
    hits = await found(many, words)
    assert set(list(hits)[: len(first)]) == set(first)
    assert all(score > 0 for score in hits.values()) or "nowhere" in words


async def test_what_is_common_has_to_be_there(many: SqliteDatabase) -> None:
    async with many.read() as connection:
        alone = await memory_search.find(connection, MemoryFilter("anna", START), ["rare", "lion", "the"], 1)
    assert list(alone) in ([8], [7])
    hits = await found(many, "the rare")
    assert next(iter(hits)) == 8
