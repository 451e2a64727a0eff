"""Stored answers as rows: each caller's own, in chains, until they are too old."""

import pytest

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.responses import ResponseRow, ResponseStore


@pytest.fixture
def store(database: Database) -> ResponseStore:
    return ResponseStore(database)


def row(id: str, previous: str | None = None, owner: str = "me", created: int = 100) -> ResponseRow:
    return ResponseRow(owner=owner, id=id, previous=previous, input="[]", body=f'"{id}"', created=created)


async def ids(store: ResponseStore, id: str, since: int = 0, most: int = 10, owner: str = "me") -> list[str]:
    return [one["id"] for one in await store.chain(owner, id, since, most)]


async def test_a_chain_comes_in_order_as_far_as_it_goes(store: ResponseStore, database: Database) -> None:
    await database.write(*(store.put(row(*link)) for link in (("a",), ("b", "a"), ("c", "b"), ("x",))))
    await database.write(store.put(row("a", owner="you")))
    assert await ids(store, "c") == ["a", "b", "c"]
    assert await ids(store, "c", most=2) == ["b", "c"]
    assert await ids(store, "a", owner="you") == ["a"]
    assert await ids(store, "c", owner="you") == []


async def test_a_circle_has_an_end(store: ResponseStore, database: Database) -> None:
    await database.write(store.put(row("a", "b")), store.put(row("b", "a")))
    assert len(await ids(store, "a", most=5)) == 5


async def test_what_is_old_is_not_there_and_then_is_deleted(store: ResponseStore, database: Database) -> None:
    await database.write(store.put(row("a", created=10)), store.put(row("b", "a", created=20)))
    assert await ids(store, "b", since=15) == ["b"]
    await store.forget(15)
    assert await ids(store, "b") == ["b"]
    assert await ids(store, "a") == []


async def test_deleting_says_whether_it_was_there(store: ResponseStore, database: Database) -> None:
    await database.write(store.put(row("a")))
    assert not await store.delete("you", "a")
    assert await store.delete("me", "a")
    assert not await store.delete("me", "a")


async def test_the_same_id_again_takes_its_place(store: ResponseStore, database: Database) -> None:
    await database.write(store.put(row("a")))
    await database.write(store.put(ResponseRow(**{**row("a"), "body": '"new"'})))
    assert [one["body"] for one in await store.chain("me", "a", 0, 9)] == ['"new"']
