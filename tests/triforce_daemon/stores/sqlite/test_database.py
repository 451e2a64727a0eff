"""The database as a whole: its place, its lock, its files' modes, and reading after writing."""

import os
import sqlite3
import stat
import subprocess
import sys
import time

import pytest
from sqlalchemy import select, text

from tests.triforce_daemon.disks import filled, read_only, small_disk
from tests.triforce_daemon.stores import rows
from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.ledger import LedgerStore
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.tables import sessions


async def refused(path: str) -> StorageFailed:
    with pytest.raises(StorageFailed) as raised:
        await SqliteDatabase(path, "normal", busy_seconds=0.2).open()
    assert raised.value.hint
    return raised.value


async def test_what_was_written_is_read(database: SqliteDatabase) -> None:
    store = SessionStore(database)
    await database.write(store.insert_session(**rows.session("a")))
    async with database.read() as connection:
        assert (await connection.execute(select(sessions.c.id))).scalars().all() == ["a"]


async def test_a_reader_that_is_open_sees_no_half_commit(database: SqliteDatabase) -> None:
    store, ledger = SessionStore(database), LedgerStore(database)
    counts = text("SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM ledger)")
    for number in range(20):
        write = database.write(store.insert_session(**rows.session(str(number))), ledger.row(rows.entry(str(number))))
        async with database.read() as connection:
            [(before, same)] = (await connection.execute(counts)).all()
        assert before == same == number
        await write


async def test_all_files_are_private(folder: str) -> None:
    path = os.path.join(folder, "state", "triforce", "triforce.db")
    before = os.umask(0)
    try:
        database = SqliteDatabase(path, "normal", busy_seconds=1)
        await database.open()
        await database.write(SessionStore(database).insert_session(**rows.session("a")))
        names = os.listdir(os.path.dirname(path))
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE(os.stat(os.path.join(os.path.dirname(path), name)).st_mode) for name in names}
    assert modes == dict.fromkeys(("triforce.db", "triforce.db-wal", "triforce.db-shm", "triforce.db.lock"), 0o600)
    for above in ("state", "state/triforce"):
        assert stat.S_IMODE(os.stat(os.path.join(folder, above)).st_mode) == 0o700
    await database.close()


async def test_closing_leaves_one_whole_file_and_a_free_lock(path: str) -> None:
    for number in range(2):
        database = SqliteDatabase(path, "normal", busy_seconds=1)
        await database.open()
        await database.write(SessionStore(database).insert_session(**rows.session(str(number))))
        await database.close()
        assert sorted(os.listdir(os.path.dirname(path))) == ["triforce.db", "triforce.db.lock"]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT id FROM sessions ORDER BY id").fetchall() == [("0",), ("1",)]
    connection.close()


async def test_a_second_daemon_is_refused(database: SqliteDatabase, path: str) -> None:
    assert "Another daemon" in (await refused(path)).message
    await database.write(SessionStore(database).insert_session(**rows.session("a")))


async def test_nor_under_another_name(database: SqliteDatabase, path: str, folder: str) -> None:
    os.symlink(path, os.path.join(folder, "link.db"))
    assert "Another daemon" in (await refused(os.path.join(folder, "link.db"))).message


async def test_a_second_process_is_refused_and_a_dead_one_holds_nothing(path: str) -> None:
    code = (
        "import asyncio, sys, time; from triforce_daemon.stores.sqlite.database import SqliteDatabase\n"
        "asyncio.run(SqliteDatabase(sys.argv[1], 'normal', 1).open()); print(flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    assert "Another daemon" in (await refused(path)).message
    process.kill()
    process.communicate()
    database = SqliteDatabase(path, "normal", busy_seconds=1)
    await database.open()
    os.close(database._lock)  # pyright: ignore
    database._writer.stop()  # pyright: ignore


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?.db", "#1.db", "é\u2028.db", "a%20b?mode=ro#x.db", "x.db"])
async def test_any_name_is_the_name_of_the_file(folder: str, name: str) -> None:
    path = os.path.join(folder, "sub " + name, name)
    for number in range(2):
        database = SqliteDatabase(path, "normal", busy_seconds=1)
        await database.open()
        store = SessionStore(database)
        await database.write(store.insert_session(**rows.session(str(number))))
        assert len(await store.page("anna", limit=9)) == number + 1
        await database.close()
    assert os.listdir(folder) == ["sub " + name]
    assert sorted(os.listdir(os.path.dirname(path))) == [name, name + ".lock"]


async def test_a_place_that_may_not_be_written_is_told(folder: str) -> None:
    with read_only(folder):
        for path in ("triforce.db", "new/triforce.db"):
            failure = await refused(os.path.join(folder, path))
            assert "database.path" in str(failure.hint)
            assert os.path.join(folder, path) in failure.message
    assert os.listdir(folder) == []


async def test_a_folder_or_a_file_in_the_way_is_told(folder: str) -> None:
    os.mkdir(os.path.join(folder, "a.db"))
    assert "Is a directory" in (await refused(os.path.join(folder, "a.db"))).message
    with open(os.path.join(folder, "file"), "w"):
        pass
    assert "File exists" in (await refused(os.path.join(folder, "file", "a.db"))).message


async def test_a_refusal_gives_the_lock_back(path: str) -> None:
    with open(path, "wb") as handle:
        handle.write(b"no database at all" * 100)
    await refused(path)
    os.unlink(path)
    database = SqliteDatabase(path, "normal", busy_seconds=1)
    await database.open()
    await database.close()


async def test_a_database_that_another_program_holds_is_told_and_not_waited_for_too_long(path: str) -> None:
    database = SqliteDatabase(path, "normal", busy_seconds=1)
    await database.open()
    await database.close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode=EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        begin = time.perf_counter()
        failure = await refused(path)
        assert time.perf_counter() - begin < 2
        assert "locked" in failure.message
        assert "Another program" in str(failure.hint)
    finally:
        holder.close()


async def test_a_full_disk_at_the_first_start_is_told() -> None:
    with small_disk() as folder:
        path = os.path.join(folder, "triforce.db")
        with filled(folder):
            assert "No space left" in (await refused(path)).message or "full" in (await refused(path)).message
        database = SqliteDatabase(path, "normal", busy_seconds=1)
        await database.open()
        await database.write(SessionStore(database).insert_session(**rows.session("a")))
        await database.close()


async def test_what_cannot_be_read_is_told(database: SqliteDatabase, path: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE sessions")
    connection.close()
    with pytest.raises(StorageFailed, match="could not be read") as raised:
        await SessionStore(database).page("anna", limit=9)
    assert raised.value.hint


async def test_a_damaged_database_is_told(path: str) -> None:
    database = SqliteDatabase(path, "normal", busy_seconds=1)
    await database.open()
    store = SessionStore(database)
    await database.write(*(store.insert_session(**rows.session(str(number))) for number in range(500)))
    await database.close()
    with open(path, "r+b") as handle:
        handle.seek(4096)
        handle.write(b"\xff" * (os.path.getsize(path) - 4096))
    assert "malformed" in (await refused(path)).message or "not a triforce database" in (await refused(path)).message
