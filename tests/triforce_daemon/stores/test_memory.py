"""Memory read: page by page, by the beginning of an id, by what changed it, and added up."""

from typing import Any

import pytest

from tests.triforce_daemon.stores.memory_rows import START, entry, verdict
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory import MemoryStore, sums
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_writes import MemoryWrites

ANNA = MemoryFilter("anna", START)


@pytest.fixture
def store(database: Database) -> MemoryStore:
    return MemoryStore(database)


async def add(database: Database, *rows: Any) -> None:
    await database.write(*map(MemoryWrites(database).insert, rows))


async def test_a_row_comes_back_as_it_was_written(database: Database, store: MemoryStore) -> None:
    row = entry("abc", tags="\na\nb\n", project="p", expires=START + 9, content="Größe\n", confidence=0.25)
    await add(database, row, entry("abc", owner="ben"), entry("forgotten", forgotten=START))
    found = await store.get("anna", "abc")
    assert found == {**row, "row": 1}
    assert await store.get("anna", "forgotten") is None
    assert await store.numbered([2, 99, 1]) == [await store.get("ben", "abc"), found]


async def test_ids_are_found_by_how_they_begin(database: Database, store: MemoryStore) -> None:
    await add(database, *(entry(name) for name in ("abcd", "abce", "xabc", "ab_d")), entry("abcz", owner="ben"))
    assert sorted(await store.ids("anna", "abc", most=9)) == ["abcd", "abce"]
    assert await store.ids("anna", "ab_", most=9) == ["ab_d"]
    assert len(await store.ids("anna", "ab", most=2)) == 2


async def test_owners_are_those_who_have_something(database: Database, store: MemoryStore) -> None:
    await add(database, entry("a"), entry("b", owner="ben"), entry("c"), entry("d", owner="eve", forgotten=START))
    assert await store.owners() == ["anna", "ben"]


async def test_pages_hold_each_entry_once_newest_first(database: Database, store: MemoryStore) -> None:
    """Also where many came in the same millisecond."""
    await add(database, *(entry(f"{n:02}", created=START + n // 4) for n in range(20)), entry("x", owner="ben"))
    for limit in (1, 3, 20, 50):
        seen: list[Any] = []
        while page := await store.page(ANNA, limit, seen[-1] if seen else None):
            seen += page
        assert [row["id"] for row in seen] == [f"{n:02}" for n in reversed(range(20))]


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        ({}, {"a", "b", "c"}),
        ({"type": "code"}, {"b"}),
        ({"project": "p"}, {"a", "b"}),
        ({"tags": ("x",)}, {"a", "b"}),
        ({"tags": ("x", "y")}, {"a"}),
        ({"tags": ("x", "z"), "any_tag": True}, {"a", "b", "c"}),
        ({"tags": ("_",)}, set()),
        ({"tags": ("x y",)}, set()),
        ({"min_confidence": 0.8}, {"a", "c"}),
        ({"since": START + 1}, {"c"}),
        ({"before": START + 1}, {"a", "b"}),
        ({"type": "code", "project": "q"}, set()),
    ],
)
async def test_what_is_meant_may_be_narrowed(
    database: Database, store: MemoryStore, narrow: dict[str, Any], expected: set[str]
) -> None:
    await add(
        database,
        entry("a", tags="\nx\ny\n", project="p"),
        entry("b", tags="\nx\n", project="p", type="code", confidence=0.5),
        entry("c", tags="\nz\n", created=START + 1, expires=START + 1),
        entry("old", current=0),
        entry("ended", expires=START),
        entry("gone", forgotten=START),
        entry("theirs", owner="ben"),
    )
    filter = MemoryFilter("anna", START, **narrow)
    assert {row["id"] for row in await store.page(filter, 9)} == expected
    assert set(await store.fitting(filter, None)) == expected
    assert set(await store.fitting(filter, ["a", "c"])) == expected & {"a", "c"}


async def test_entries_are_turned_page_by_page(database: Database, store: MemoryStore) -> None:
    await add(database, *(entry(f"{n}") for n in range(5)), entry("1b", entry="1", version=2), entry("x", owner="ben"))
    await add(database, entry("9", forgotten=START))
    assert await store.entries("anna", 3, None) == ["0", "1", "2"]
    assert await store.entries("anna", 3, "2") == ["3", "4"]
    assert await store.entries("anna", 9, "3", forgotten=True) == ["4", "9"]
    assert [row["id"] for row in await store.versions("anna", ["1", "0"])] == ["0", "1", "1b"]
    assert [row["id"] for row in await store.versions("anna", ["9"], forgotten=True)] == ["9"]
    assert await store.versions("ben", ["1"]) == []


async def test_what_a_change_touched(database: Database, store: MemoryStore) -> None:
    writes = MemoryWrites(database)
    await add(database, entry("made", change="c"), entry("gone", gone="c"), entry("judged"), entry("none"))
    await add(database, entry("theirs", owner="ben", change="c"))
    await database.write(writes.say("anna", "judged", verdict("c")))
    assert sorted(await store.touched_by("anna", "c")) == ["gone", "judged", "made"]


async def test_the_same_is_found_among_what_is_current(database: Database, store: MemoryStore) -> None:
    await add(database, entry("a", digest="d"), entry("b", digest="d"), entry("c", digest="e", current=0))
    same = await store.same(ANNA, "d")
    assert same is not None and same["id"] == "a"
    assert await store.same(ANNA, "e") is None
    assert await store.same(MemoryFilter("ben", START), "d") is None


async def test_sums(database: Database) -> None:
    assert (await sums(database, ANNA))["avg_confidence"] is None
    await add(
        database,
        entry("a", content="1234", project="p", confidence=0.4),
        entry("b", content="12", type="todo"),
        entry("old", content="1", current=0),
        entry("ended", expires=START, content="1"),
        entry("gone", forgotten=START),
        entry("theirs", owner="ben"),
    )
    assert await sums(database, ANNA) == {
        "by_type": {"fact": 1, "todo": 1},
        "by_project": {"p": 1, "": 1},
        "avg_confidence": pytest.approx(0.6),
        "expired": 1,
        "forgotten": 1,
        "bytes": 8,
    }
    assert (await sums(database, MemoryFilter("anna", START, project="p")))["by_type"] == {"fact": 1}
