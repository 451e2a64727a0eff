"""Files in workspaces: changed so that each change can be undone, by whoever made it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator

import pytest

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import FileChanged, FileMissing, PathRefused, PayloadTooLarge, StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.files import Files, Place
from triforce_daemon.settings import Files as Settings
from triforce_daemon.settings import Workspace
from triforce_daemon.stores.file_changes import FileChangeStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.workspaces.blobs import Blobs
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.roots import Roots

ANNA = Caller(kind="user", name="user/anna", user="a")
BEN = Caller(kind="user", name="user/ben", user="b")
READER = Caller(kind="user", name="user/reader", user="c")


class House:
    def __init__(self, folder: str, database: SqliteDatabase) -> None:
        os.mkdir(f"{folder}/desk")
        self.desk = os.path.realpath(f"{folder}/desk")
        self.settings = {
            "desk": Workspace(folder=self.desk, callers=["user/anna", "user/ben"], write=True),
            "look": Workspace(folder=self.desk, callers=["user/reader"]),
        }
        self.store = FileChangeStore(database)
        self.blobs = Blobs(f"{folder}/state/backups")
        guard = Guard([f"{folder}/state"], [f"{folder}/state/workspaces"])
        roots = Roots(self.settings, f"{folder}/state/workspaces", guard)
        self.files = Files(roots, guard, self.blobs, self.store, Clock(), Settings(max_bytes=2_000), "desk")

    def read(self, path: str) -> str | None:
        try:
            with open(f"{self.desk}/{path}") as file:
                return file.read()
        except FileNotFoundError:
            return None


@pytest.fixture
async def house(folder: str) -> AsyncIterator[House]:
    database = SqliteDatabase(f"{folder}/t.db", "normal", 5)
    await database.open()
    yield House(folder, database)
    await database.close()


def at(path: str, caller: Caller = ANNA) -> Place:
    return Place(caller, path)


async def test_a_file_is_made_lengthened_and_replaced_and_all_of_it_is_undone(house: House) -> None:
    files = house.files
    made = await files.write(at("a/x"), b"one", "create")
    longer = await files.write(at("a/x"), b" two", "append")
    other = await files.write(at("a/x"), b"three", "overwrite")
    assert house.read("a/x") == "three" and other.size == 5
    gone = await files.delete(at("a/x"))
    assert house.read("a/x") is None and gone.sha256 is None
    seen = []
    for written in (gone, other, longer, made):
        assert written.change is not None
        await files.restore(ANNA, written.change, force=True)
        seen.append(house.read("a/x"))
    assert seen == ["three", "one two", "one", None]


async def test_an_undoing_can_be_undone(house: House) -> None:
    first = await house.files.write(at("x"), b"one", "create")
    assert first.change is not None
    undone = await house.files.restore(ANNA, first.change)
    assert house.read("x") is None and undone.change is not None
    await house.files.restore(ANNA, undone.change)
    assert house.read("x") == "one"


async def test_what_somebody_has_changed_since_is_not_restored(house: House) -> None:
    written = await house.files.write(at("x"), b"one", "create")
    with open(f"{house.desk}/x", "w") as file:
        file.write("by hand")
    assert written.change is not None
    with pytest.raises(FileChanged, match="changed since"):
        await house.files.restore(ANNA, written.change)
    assert house.read("x") == "by hand"


async def test_a_change_is_his_who_made_it(house: House) -> None:
    written = await house.files.write(at("x"), b"one", "create")
    assert written.change is not None
    with pytest.raises(FileMissing, match="Nothing is kept"):
        await house.files.restore(BEN, written.change)
    assert await house.files.changes(at("x", BEN)) == []
    assert [row["id"] for row in await house.files.changes(at("x"))] == [written.change]


async def test_whose_workspace_was_taken_away_restores_nothing(house: House) -> None:
    written = await house.files.write(at("x"), b"one", "create")
    house.settings["desk"] = Workspace(folder=house.desk, callers=["user/ben"], write=True)
    assert written.change is not None
    with pytest.raises(PathRefused, match="none of your workspaces"):
        await house.files.restore(ANNA, written.change)


async def test_what_has_to_be_there_before(house: House) -> None:
    files = house.files
    made = await files.write(at("x"), b"one", "create")
    with pytest.raises(FileChanged, match="already"):
        await files.write(at("x"), b"two", "create")
    for change in (files.write(at("x"), b"two", "overwrite", "0" * 64), files.delete(at("x"), "0" * 64)):
        with pytest.raises(FileChanged, match="take it for"):
            await change
    await files.write(at("x"), b"two", "overwrite", made.sha256)
    with pytest.raises(FileMissing):
        await files.delete(at("nothing"))
    with pytest.raises(PayloadTooLarge):
        await files.write(at("x"), bytes(1_999), "append")
    assert house.read("x") == "two"


async def test_the_same_again_changes_nothing(house: House) -> None:
    await house.files.write(at("x"), b"one", "create")
    again = await house.files.write(at("x"), b"one", "overwrite")
    assert again.change is None and len(await house.files.changes(at("x"))) == 1


async def test_who_may_only_read(house: House) -> None:
    await house.files.write(at("x"), b"one", "create")
    assert (await house.files.read(at("x", READER), 0, 100)).data == b"one"
    with pytest.raises(PathRefused, match="read only"):
        await house.files.write(at("x", READER), b"two", "overwrite")
    assert await house.files.changes(at("x", READER)) == []


async def test_a_change_that_fails_is_not_written_down(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(StorageFailed, match="No space left"):
        await house.files.write(at("x"), b"one", "create")
    assert await house.files.changes(at("x")) == []
    assert os.listdir(house.desk) == []


async def test_a_backup_of_ones_own(house: House) -> None:
    await house.files.write(at("x"), b"one", "create")
    kept = await house.files.backup(at("x"))
    await house.files.write(at("x"), b"two", "overwrite")
    assert kept.change is not None
    row, data = await house.files.kept(ANNA, kept.change)
    assert (row["path"], data) == ("x", b"one")
    await house.files.restore(ANNA, kept.change, force=True)
    assert house.read("x") == "one"


async def test_folders_are_listed(house: House) -> None:
    for path in ("a/b/x", "a/y", "z"):
        await house.files.write(at(path), b"", "create")
    found = ["/".join(entry.parts) for entry in await house.files.entries(at("."), 9, 100)]
    assert found == ["a", "a/b", "a/b/x", "a/y", "z"]
    assert len(await house.files.entries(at("."), 9, 2)) == 2


async def test_what_is_old_is_forgotten(house: House, folder: str) -> None:
    await house.files.write(at("x"), b"one", "create")
    await house.files.delete(at("x"))
    (blob,) = [name for _, _, names in os.walk(f"{folder}/state/backups") for name in names]

    class InAMonth(Clock):
        def now_ms(self) -> int:
            return int((time.time() + 31 * 86_400) * 1_000)

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(0.02)

    tasks = Tasks()
    house.files._clock = InAMonth()  # pyright: ignore[reportPrivateUsage] - time passes
    tasks.start(house.files.forget_old(), "forget")
    async with asyncio.timeout(5):
        while await house.store.all(ANNA.account) or os.path.exists(f"{folder}/state/backups/{blob[:2]}/{blob}"):
            await asyncio.sleep(0.02)
    await tasks.stop()
