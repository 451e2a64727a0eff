"""Patches of several files: all or nothing, and undone."""

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.triforce_daemon.hostile_repository import git, repository, write
from tests.triforce_daemon.services.test_files import ANNA, READER, House
from triforce_daemon.errors import FileChanged, InvalidArguments, PathRefused, PayloadTooLarge, StorageFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.files import Files, Place, Written
from triforce_daemon.services.patches.patches import Patched, Patches
from triforce_daemon.stores.sqlite.database import SqliteDatabase

HERE = Place(ANNA, ".")


@pytest.fixture
async def house(folder: str) -> AsyncIterator[House]:
    database = SqliteDatabase(f"{folder}/t.db", "normal", 5)
    await database.open()
    yield House(folder, database)
    await database.close()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


def tree(folder: str) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in names:
            path = os.path.join(place, name)
            with open(path, newline="") as file:
                found[os.path.relpath(path, folder)] = file.read(), os.stat(path).st_mode & 0o777
    return found


def contents(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


async def test_what_git_has_changed_is_changed_here(house: House, tasks: Tasks, folder: str) -> None:
    files = {
        "a.txt": "".join(f"{n}\n" for n in range(60)),
        "b/ä b.txt": "x",
        "gone": "y\n",
        "moved": "z\n" * 20,
        "crlf": "1\r\n2\r\n",
    }
    origin = repository(f"{folder}/origin", files)
    write(house.desk, files)
    before = tree(house.desk)
    changed = files["a.txt"].replace("5\n", "five\n").replace("59\n", "59")
    write(
        origin, {"a.txt": changed, "b/ä b.txt": "x\n", "new/run.sh": "#!/bin/sh\n", "nothing": "", "crlf": "1\r\n3\r\n"}
    )
    os.chmod(f"{origin}/new/run.sh", 0o755)
    os.unlink(f"{origin}/gone")
    git(origin, "mv", "moved", "there")
    git(origin, "add", "-A")
    # As bytes: what becomes of ends of lines is a part of it.
    diff = subprocess.run(
        ["git", "diff", "--cached", "-M"], cwd=origin, check=True, capture_output=True
    ).stdout.decode()
    patches = Patches(house.files, tasks)
    tried = await patches.apply(HERE, diff, 1, dry_run=True)
    assert tree(house.desk) == before and not any(one.reject or one.backup for one in tried)
    done = await patches.apply(HERE, diff, 1, dry_run=False)
    assert tree(house.desk) == tree(origin)
    assert {one.path: one.hunks for one in done}["a.txt"] > 1
    for change in [change for one in reversed(done) for change in reversed(one.changes)]:
        await house.files.restore(ANNA, change)
    assert tree(house.desk) == before


async def test_one_hunk_that_does_not_fit_keeps_all_of_it_away(house: House, tasks: Tasks) -> None:
    write(house.desk, {"a": "1\n", "b": "2\n", "c": "3\n", "half": "4\n5\n"})
    with open(f"{house.desk}/bytes", "wb") as file:
        file.write(b"\xff\n")
    before = contents(house.desk)
    patches = Patches(house.files, tasks)

    async def rejects(diff: str) -> list[str | None]:
        done = await patches.apply(HERE, diff, 0, dry_run=False)
        assert not any(one.backup for one in done)
        return [one.reject for one in done]

    good = "--- a\n+++ a\n@@ -1 +1 @@\n-1\n+one\n"
    assert await rejects(f"{good}--- b\n+++ b\n@@ -1 +1 @@\n-x\n+y\n") == [
        None,
        "Hunk 1: line 1 is '2\\n', not 'x\\n', and nowhere else does it fit.",
    ]
    assert await rejects(f"{good}--- /dev/null\n+++ c\n@@ -0,0 +1 @@\n+y\n") == [None, "It is there already."]
    assert await rejects(f"{good}--- d\n+++ d\n@@ -1 +1 @@\n-x\n+y\n") == [None, "There is no `d`."]
    assert await rejects(f"{good}--- half\n+++ /dev/null\n@@ -1 +0,0 @@\n-4\n") == [
        None,
        "More is in it than is deleted.",
    ]
    assert await rejects(f"{good}--- b\n+++ c\n@@ -1 +1 @@\n-2\n+y\n") == [None, "It is there already."]
    assert await rejects(f"{good}--- bytes\n+++ bytes\n@@ -1 +1 @@\n-x\n+y\n") == [None, "It is no UTF-8 text."]
    mode = "diff --git c c\nold mode 100644\nnew mode 100755\n"
    assert await rejects(good + mode) == [None, "Permissions are not changed here."]
    assert contents(house.desk) == before


async def test_what_is_refused_outright(house: House, tasks: Tasks) -> None:
    write(house.desk, {"a": "1\n"})
    patches, body = Patches(house.files, tasks), "@@ -1 +1 @@\n-1\n+2\n"
    for name in ("../a", "/etc/passwd", ".git/config", "a\0"):
        with pytest.raises(PathRefused):
            await patches.apply(HERE, f"--- /dev/null\n+++ {name}\n@@ -0,0 +1 @@\n+x\n", 0, dry_run=False)
    with pytest.raises(PathRefused, match="read only"):
        await patches.apply(Place(READER, "."), f"--- a\n+++ a\n{body}", 0, dry_run=False)
    with pytest.raises(InvalidArguments, match="no 1 names"):
        await patches.apply(HERE, f"--- a\n+++ a\n{body}", 1, dry_run=False)
    with pytest.raises(InvalidArguments, match="twice"):
        await patches.apply(HERE, f"--- a\n+++ a\n{body}" * 2, 0, dry_run=False)
    with pytest.raises(InvalidArguments, match="201 files"):
        many = "".join(f"--- a{n}\n+++ a{n}\n{body}" for n in range(201))
        await patches.apply(HERE, many, 0, dry_run=False)
    with pytest.raises(PayloadTooLarge):
        await patches.apply(HERE, f"--- a\n+++ a\n@@ -1 +1 @@\n-1\n+{'x' * 3_000}\n", 0, dry_run=False)
    assert house.read("a") == "1\n"


async def test_where_one_file_cannot_be_written_the_others_are_taken_back(
    house: House, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(house.desk, {"a": "1\n", "z": "1\n"})
    change, broken = Files.change, False

    async def failing(self: Files, place: Place, *more: object) -> Written:
        if place.path == "z" or (broken and place.path.endswith("/a")):
            raise StorageFailed("The disk is full.", None)
        return await change(self, place, *more)  # type: ignore[arg-type]

    diff = "".join(f"--- {name}\n+++ {name}\n@@ -1 +1 @@\n-1\n+2\n" for name in ("a", "z"))
    diff = f"--- /dev/null\n+++ new\n@@ -0,0 +1 @@\n+x\n{diff}"
    monkeypatch.setattr(Files, "change", failing)
    with pytest.raises(StorageFailed, match="full"):
        await Patches(house.files, tasks).apply(HERE, diff, 0, dry_run=False)
    assert (house.read("a"), house.read("new"), house.read("z")) == ("1\n", None, "1\n")
    broken = True
    with pytest.raises(Exception, match="Not all") as told:
        await Patches(house.files, tasks).apply(HERE, diff, 0, dry_run=False)
    left = (await house.files.changes(Place(ANNA, "a")))[0]["id"]
    assert left in str(getattr(told.value, "hint", "")) and house.read("a") == "2\n"


async def test_a_file_that_changes_meanwhile_is_left_alone(
    house: House, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(house.desk, {"a": "1\n", "b": "1\n"})
    change = Files.change

    async def meddling(self: Files, place: Place, *more: object) -> Written:
        if place.path == "b":
            write(house.desk, {"b": "other\n"})
        return await change(self, place, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Files, "change", meddling)
    with pytest.raises(FileChanged):
        diff = "".join(f"--- {name}\n+++ {name}\n@@ -1 +1 @@\n-1\n+2\n" for name in ("a", "b"))
        await Patches(house.files, tasks).apply(HERE, diff, 0, dry_run=False)
    assert (house.read("a"), house.read("b")) == ("1\n", "other\n")


def test_what_undoes_it() -> None:
    assert Patched("a", 1).changes == []
    assert Patched("a", 1, backup="x", moved="y").changes == ["x", "y"]
