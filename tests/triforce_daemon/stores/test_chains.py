"""The rows of chains, on every kind of database."""

from tests.triforce_daemon.services.chains.test_records import ROW, cycle
from triforce_daemon.stores.chains import ChainStore
from triforce_daemon.stores.database import Database


async def test_a_chain_moves_only_from_where_it_is_known_to_be(database: Database) -> None:
    store = ChainStore(database)
    await store.insert(ROW)
    assert await store.move("c", ("running", "pausing"), "pausing", 5)
    assert not await store.move("c", ("running", "running"), "done", 6)
    assert await store.move("c", ("pausing", "pausing"), "failed", 7, '{"code": "x"}')
    assert await store.resume("c", "failed", "j2", "d2", 8) and not await store.resume("c", "failed", "j3", "d3", 9)
    (row,) = await store.starting("anna", "c", 2)
    assert (row["status"], row["job"], row["error"], row["updated"]) == ("running", "j2", None, 8)


async def test_what_a_daemon_had_open_is_interrupted_and_what_is_old_is_forgotten(database: Database) -> None:
    store = ChainStore(database)
    for id, status, daemon in (("a", "running", "d"), ("b", "pausing", "other"), ("e", "paused", "d")):
        await store.insert({**ROW, "id": id, "status": status, "daemon": daemon})
    await store.interrupt("d", 5)
    assert {row["id"]: row["status"] for row in await store.page("anna", None, 10)} == {
        "a": "interrupted",
        "b": "pausing",
        "e": "paused",
    }
    await store.forget(10)
    assert [row["id"] for row in await store.page("anna", None, None)] == ["b"]


async def test_cycles_go_with_their_chain(database: Database) -> None:
    store = ChainStore(database)
    await store.insert({**ROW, "project": "sums"})
    await store.add(cycle())
    assert (await store.cycles("c"))[0]["report"] == "seen"
    assert [row["id"] for row in await store.page("anna", "sums", 5)] == ["c"] and not await store.page("ben", None, 5)
    ((gone,),) = await database.write(store.delete_of("anna"))
    assert gone == ("c",) and await store.cycles("c") == []
