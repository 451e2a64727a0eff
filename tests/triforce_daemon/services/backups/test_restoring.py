"""A backup is brought back, while no daemon runs."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.triforce_daemon.served_daemon import serve
from tests.triforce_daemon.services.backups.test_backups import made
from triforce_daemon.errors import InvalidRequest, NotFound, StorageFailed
from triforce_daemon.services.backups.archives import Archives
from triforce_daemon.services.backups.restoring import restore


async def test_what_was_there_then_is_there_again_and_what_was_there_now_is_kept(folder: str) -> None:
    async with serve(folder) as served:
        await served.turn("first")
        result = await made(served)
        await served.turn("second")
        archives, database = Archives(served.places.archives), served.places.database
        with pytest.raises(StorageFailed, match="Another daemon"):
            restore(archives, result["name"], database, 1)
    told = restore(archives, result["path"], database, 1)
    assert told["before"] is not None
    assert inputs(database) == ["first"] and sorted(inputs(told["before"])) == ["first", "second"]
    assert not [name for name in os.listdir(os.path.dirname(database)) if name.startswith(".restored")]
    async with serve(folder) as served:
        _, page = await served.get("/v1/sessions")
        assert len(page["items"]) == 1
        _, found = await served.get("/v1/sessions/search", query="first")
        assert len(found["items"]) == 1


async def test_what_cannot_be_brought_back_changes_nothing(folder: str) -> None:
    async with serve(folder) as served:
        poor, whole = await made(served, "config"), await made(served, "database")
        archives, database = Archives(served.places.archives), served.places.database
    before = Path(database).read_bytes()
    with pytest.raises(InvalidRequest, match="no database"):
        restore(archives, poor["name"], database, 1)
    with pytest.raises(NotFound):
        restore(archives, "nothing", database, 1)
    with open(whole["path"], "r+b") as file:
        file.seek(100)
        file.write(b"\0\0\0\0")
    with pytest.raises(StorageFailed, match="not what was written"):
        restore(archives, whole["name"], database, 1)
    assert Path(database).read_bytes() == before


async def test_where_there_is_no_database_yet_one_is_made(folder: str) -> None:
    async with serve(folder) as served:
        await served.turn("first")
        result = await made(served, "database")
        archives = Archives(served.places.archives)
    told = restore(archives, result["name"], f"{folder}/elsewhere/triforce.db", 1)
    assert told["before"] is None and inputs(f"{folder}/elsewhere/triforce.db") == ["first"]


def inputs(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [text for (text,) in connection.execute("SELECT input FROM turns")]
