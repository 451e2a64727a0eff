"""Changes of files as rows."""

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.file_changes import FileChangeRow, FileChangeStore


def row(id: str, **other: object) -> FileChangeRow:
    made = {
        "id": id, "account": "a", "folder": "/f", "path": "x", "before": None, "after": "s1", "mode": 0o644,
        "created": 1,
    }  # fmt: skip
    return FileChangeRow(**{**made, **other})  # type: ignore[typeddict-item]


async def test_changes_are_kept_until_they_are_old(database: Database) -> None:
    store = FileChangeStore(database)
    await store.insert(row("1"))
    await store.insert(row("2", before="s1", after="s2", created=2))
    await store.insert(row("3", account="b", before="s3", after=None))
    await store.insert(row("4", path="y"))
    assert [one["id"] for one in await store.of_file("a", "/f", "x")] == ["2", "1"]
    assert (await store.get("a", "2") or {}).get("before") == "s1"
    assert await store.get("b", "2") is None
    assert await store.contents() == {"s1", "s2", "s3"}
    await store.delete("4")
    await store.forget(2)
    assert [one["id"] for one in await store.all("a")] == ["2"]
    (gone,) = await database.write(store.delete_of("a"))
    assert gone == [("2",)]
