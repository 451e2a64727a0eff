"""What is written to memory: versions that follow one another, and entries that go and come back."""

import pytest

from tests.triforce_daemon.stores.memory_rows import START, entry, verdict
from triforce_daemon.stores.database import Database, RowRefused
from triforce_daemon.stores.memory import MemoryStore
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_search import MemorySearchStore
from triforce_daemon.stores.memory_writes import MemoryWrites, NewRow

ANNA = MemoryFilter("anna", START)


@pytest.fixture
def writes(database: Database) -> MemoryWrites:
    return MemoryWrites(database)


def successor(before: NewRow, id: str, **other: object) -> NewRow:
    number = before["version"] + 1
    return entry(
        id, entry=before["entry"], version=number, previous=before["id"], **{"content": f"about {id}", **other}
    )


async def current(database: Database, owner: str = "anna") -> list[str]:
    return [row["id"] for row in await MemoryStore(database).page(MemoryFilter(owner, START), 99)]


async def found(database: Database, *words: str) -> set[int]:
    return set(await MemorySearchStore(database).find(ANNA, words, 9))


async def test_a_version_takes_the_place_of_the_one_before(database: Database, writes: MemoryWrites) -> None:
    first = entry("a", content="zebra")
    second = successor(first, "b", content="giraffe")
    await database.write(writes.insert(first))
    ids, _ = await database.write(*writes.succeed(second))
    assert ids == [("b",)]
    assert await current(database) == ["b"]
    assert (await found(database, "zebra"), len(await found(database, "giraffe"))) == (set(), 1)


async def test_nothing_follows_what_is_not_current(database: Database, writes: MemoryWrites) -> None:
    first = entry("a")
    await database.write(writes.insert(first), writes.insert(entry("x", owner="ben")))
    await database.write(*writes.succeed(successor(first, "b")))
    assert (await database.write(*writes.succeed(successor(first, "c"))))[0] == [], "there is a later one"
    await database.write(writes.forget("anna", "a", START, "gone"))
    assert (await database.write(*writes.succeed(successor(successor(first, "b"), "d"))))[0] == [], "it is forgotten"
    other = {**successor(entry("x"), "y"), "owner": "anna"}
    assert (await database.write(*writes.succeed(other)))[0] == [], "it is somebody else's"  # type: ignore[arg-type]


async def test_an_id_and_a_version_are_there_once(database: Database, writes: MemoryWrites) -> None:
    await database.write(writes.insert(entry("a")))
    for row in (entry("a", entry="z"), entry("b", entry="a")):
        with pytest.raises(RowRefused):
            await database.write(writes.insert(row))
    await database.write(writes.insert(entry("a", owner="ben")))


async def test_what_is_forgotten_leaves_the_index_and_comes_back_to_it(
    database: Database, writes: MemoryWrites
) -> None:
    first = entry("a", content="zebra")
    await database.write(writes.insert(first), *writes.succeed(successor(first, "b", content="zebra two")))
    await database.write(writes.forget("anna", "a", START + 1, "gone"))
    assert (await current(database), await found(database, "zebra")) == ([], set())
    assert await MemoryStore(database).get("anna", "b") is None
    await database.write(writes.bring_back("anna", "a", "another change"))
    assert await current(database) == []
    await database.write(writes.bring_back("anna", "a", "gone"))
    assert await current(database) == ["b"]
    assert len(await found(database, "zebra")) == 1, "the earlier version is not found"


async def test_nobody_touches_what_is_anothers(database: Database, writes: MemoryWrites) -> None:
    await database.write(writes.insert(entry("a")))
    await database.write(
        writes.forget("ben", "a", START, "c"),
        writes.lead("ben", "a", current=False),
        writes.judge("ben", "a", 0),
        writes.unmake("ben", "a", "made-a", START, "c"),
    )
    assert (await database.write(writes.say("ben", "a", verdict("v"))))[0] == []
    assert (await database.write(writes.delete_of("ben")))[0] == []
    row = await MemoryStore(database).get("anna", "a")
    assert row is not None
    assert (row["confidence"], row["current"]) == (0.8, 1)


async def test_what_one_change_made_is_unmade(database: Database, writes: MemoryWrites) -> None:
    first = entry("a")
    await database.write(writes.insert(first), *writes.succeed(successor(first, "b")))
    await database.write(writes.unmake("anna", "a", "made-b", START, "u"), writes.lead("anna", "a", current=True))
    assert await current(database) == ["a"]


async def test_what_was_said_goes_with_what_it_was_said_of(database: Database, writes: MemoryWrites) -> None:
    await database.write(writes.insert(entry("a")), writes.insert(entry("b")))
    await database.write(writes.say("anna", "a", verdict("v1")), writes.say("anna", "b", verdict("v2")))
    store = MemoryStore(database)
    rows = [row["row"] for row in await store.page(ANNA, 9)]
    assert len(await store.verdicts(rows)) == 2
    await database.write(writes.unsay("v2"))
    assert [one["change"] for one in await store.verdicts(rows)] == ["v1"]
    assert (await database.write(writes.delete_of("anna")))[0] == [("a",), ("b",)]
    assert await store.verdicts(rows) == []


async def test_only_what_is_long_over_is_deleted_for_good(database: Database, writes: MemoryWrites) -> None:
    await database.write(
        writes.insert(entry("kept")),
        writes.insert(entry("ended", expires=START - 2)),
        writes.insert(entry("ends", expires=START + 2)),
        writes.insert(entry("gone", forgotten=START - 2, gone="g")),
        writes.insert(entry("just gone", forgotten=START, gone="g")),
    )
    assert len((await database.write(writes.purge(START, 1)))[0]) == 1
    assert len((await database.write(writes.purge(START, 9)))[0]) == 1
    left = await MemoryStore(database).entries("anna", 9, None, forgotten=True)
    assert left == ["ends", "just gone", "kept"]
