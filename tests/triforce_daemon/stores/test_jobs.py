"""Jobs as rows."""

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.jobs import JobRow, JobStore


def row(id: str, **other: object) -> JobRow:
    made = {
        "id": id, "account": "a", "owner": "a", "kind": "x", "title": "x", "state": "running", "progress": 0.5,
        "doing": None, "result": None, "error": None, "log": "[]", "node": "n", "daemon": "d", "cancel": None,
        "created": 1, "started": None, "finished": None,
    }  # fmt: skip
    return JobRow(**{**made, **other})  # type: ignore[typeddict-item]


async def test_rows_are_kept_and_found(database: Database) -> None:
    store = JobStore(database)
    for id, more in (("ab", {}), ("ac", {"created": 2}), ("b", {"account": "other", "state": "done"})):
        await store.insert(row(id, **more))
    assert [one["id"] for one in await store.page("a", None, 9)] == ["ac", "ab"]
    assert [one["id"] for one in await store.page(None, "done", 9)] == ["b"]
    assert [one["id"] for one in await store.starting("a", "a", 9)] == ["ab", "ac"]
    assert await store.starting("a", "b", 9) == []
    assert await store.starting("a", "%", 9) == []
    assert [one["id"] for one in await store.all("a")] == ["ab", "ac"]
    await store.change(row("ab", state="done", progress=1.0, result="5", finished=7))
    (changed,) = await store.starting("a", "ab", 9)
    assert (changed["state"], changed["progress"], changed["result"], changed["finished"]) == ("done", 1.0, "5", 7)


async def test_only_open_ones_are_asked_to_end_or_abandoned(database: Database) -> None:
    store = JobStore(database)
    await store.insert(row("open"))
    await store.insert(row("done", state="done", finished=3))
    await store.insert(row("elsewhere", daemon="e"))
    assert await store.ask_to_end("open", 5)
    assert not await store.ask_to_end("done", 5)
    assert await store.asked_to_end("d") == ["open"]
    await store.abandon("d", '"why"', 9)
    states = {one["id"]: (one["state"], one["finished"]) for one in await store.page(None, None, 9)}
    assert states == {"open": ("failed", 9), "done": ("done", 3), "elsewhere": ("running", None)}
    await store.forget(9)
    assert {one["id"] for one in await store.page(None, None, 9)} == {"open", "elsewhere"}
    (gone,) = await database.write(store.delete_of("a"))
    assert len(gone) == 2
