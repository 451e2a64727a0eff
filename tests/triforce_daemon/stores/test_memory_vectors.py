"""Vectors beside their rows: of one model, of what is current, gone with what they belong to."""

from tests.triforce_daemon.stores.memory_rows import START, entry
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_vectors import MemoryVectorStore
from triforce_daemon.stores.memory_writes import MemoryWrites

ANNA = MemoryFilter("anna", START)


async def test_vectors_come_to_those_that_have_none(database: Database) -> None:
    writes, store = MemoryWrites(database), MemoryVectorStore(database, "m")
    rows = (entry("a"), entry("b", owner="ben"), entry("old", current=0), entry("ended", expires=START))
    await database.write(*map(writes.insert, rows))
    missing = await store.missing(START, 9)
    assert [one.content for one in missing] == ["about b", "about a"]
    assert len(await store.missing(START, 1)) == 1
    await store.put([(1, b"one"), (2, b"two"), (99, b"nobody's")])
    assert await store.missing(START, 9) == []
    assert await store.all(ANNA) == [(1, b"one")]
    assert (await store.count(ANNA), await store.count(MemoryFilter("anna", START, type="todo"))) == (1, 0)
    await store.put([(1, b"new")])
    assert await store.all(ANNA) == [(1, b"new")]


async def test_those_of_another_model_say_nothing(database: Database) -> None:
    writes, old, new = MemoryWrites(database), MemoryVectorStore(database, "m"), MemoryVectorStore(database, "n")
    await database.write(writes.insert(entry("a")))
    await old.put([(1, b"old")])
    assert [one.row for one in await new.missing(START, 9)] == [1]
    await new.put([(1, b"new")])
    assert (await new.all(ANNA), await old.all(ANNA)) == ([(1, b"new")], [])
    await database.write(writes.delete_of("anna"))
    assert await new.all(ANNA) == []
