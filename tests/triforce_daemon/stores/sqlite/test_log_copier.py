"""The log's copier: what was in the log is in the database, and whoever writes hardly meets it."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from triforce_daemon.stores.sqlite import log_copier as module
from triforce_daemon.stores.sqlite.log_copier import LogCopier


@pytest.fixture
def connection(path: str) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(path, isolation_level=None)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA wal_autocheckpoint=0")
    opened.execute("CREATE TABLE notes (word TEXT)")
    yield opened
    opened.close()


@pytest.fixture
def copier(path: str, connection: sqlite3.Connection) -> Iterator[LogCopier]:
    started = LogCopier(path)
    started.start()
    yield started
    started.stop()


def write(connection: sqlite3.Connection, rows: int) -> None:
    for _ in range(rows):
        connection.execute("INSERT INTO notes VALUES (?)", ("x" * 4_000,))


def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_the_log_is_copied_and_begun_anew(connection: sqlite3.Connection, copier: LogCopier, path: str) -> None:
    write(connection, 100)
    size = os.path.getsize(path)
    time.sleep(0.05)
    assert os.path.getsize(path) == size, "nobody has asked"
    copier.ask()
    until(lambda: os.path.getsize(path) > 100 * 4_000)

    def begun_anew() -> bool:
        """Whether what is written now takes the place of what was copied."""
        before = os.path.getsize(path + "-wal")
        write(connection, 1)
        return os.path.getsize(path + "-wal") == before

    until(begun_anew)


def test_what_another_reads_from_the_log_stays(connection: sqlite3.Connection, copier: LogCopier, path: str) -> None:
    write(connection, 5)
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM notes").fetchone() == (5,)
    write(connection, 5)
    copier.ask()
    until(lambda: os.path.getsize(path) > 5 * 4_000)
    assert reader.execute("SELECT count(*) FROM notes").fetchone() == (5,)
    reader.close()
    assert connection.execute("SELECT count(*) FROM notes").fetchone() == (10,)


def test_it_gives_way_to_all_others(copier: LogCopier) -> None:
    """Each thread has a nice value of its own."""

    def nice(name: str) -> int:
        thread = next(one for one in threading.enumerate() if one.name == name)
        return os.getpriority(os.PRIO_PROCESS, thread.native_id or 0)

    own = os.getpriority(os.PRIO_PROCESS, 0)
    until(lambda: nice("log copier") > own)
    assert nice("MainThread") == own


def test_who_writes_is_waited_for_and_stopping_is_not_held_up(
    connection: sqlite3.Connection, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY_SECONDS", 0.2)
    copier = LogCopier(path)
    copier.start()
    write(connection, 5)
    connection.execute("BEGIN IMMEDIATE")
    copier.ask()
    time.sleep(0.05)
    began = time.monotonic()
    copier.stop()
    assert time.monotonic() - began < 5
    connection.execute("COMMIT")
