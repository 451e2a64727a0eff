"""A database that is in use is copied as it is at one moment."""

import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.sqlite.copying import check, copy


def numbers(path: str) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        return [number for (number,) in connection.execute("SELECT n FROM t ORDER BY n")]


def test_what_is_written_meanwhile_is_in_it_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    source, stop = str(tmp_path / "db"), threading.Event()
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (n INTEGER)")
        connection.commit()

    def write() -> None:
        with closing(sqlite3.connect(source, timeout=5)) as connection:
            number = 0
            while not stop.is_set() and number < 20_000:
                # Two rows in one commit: a copy has both or none.
                connection.executemany("INSERT INTO t VALUES (?)", [(number,), (number + 1,)])
                connection.commit()
                number += 2

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for place in range(5):
            target = str(tmp_path / f"copy{place}")
            copy(source, target, 5)
            found = numbers(target)
            assert found == list(range(len(found))) and len(found) % 2 == 0
    finally:
        stop.set()
        writing.join()
    assert not os.path.exists(tmp_path / "copy0-wal")


def test_what_is_damaged_is_not_a_copy(tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageFailed):
        copy(str(tmp_path / "db"), str(tmp_path / "copy"), 1)
    with pytest.raises(StorageFailed):
        check(str(tmp_path / "db"))
    with pytest.raises(StorageFailed):
        copy(str(tmp_path / "nothing"), str(tmp_path / "copy"), 1)
