"""A copy of a SQLite database that is in use, as it is at one moment."""

import sqlite3
from contextlib import closing

from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.sqlite.failures import storage_failed
from triforce_daemon.stores.sqlite.schema import for_reading


def copy(source: str, target: str, busy_seconds: float) -> None:
    """Copy page by page, which keeps the numbers of rows that the full-text index points at. Raises StorageFailed.

    All at once, within one reading: whoever writes meanwhile neither waits nor is found in the copy.
    """
    try:
        with (
            closing(sqlite3.connect(for_reading(source), uri=True, timeout=busy_seconds)) as there,
            closing(sqlite3.connect(target)) as here,
        ):
            there.backup(here)
    except sqlite3.Error as error:
        raise storage_failed("The database could not be copied", error) from error
    check(target)


def check(path: str) -> None:
    """Raises StorageFailed where it is no database, or not whole."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise storage_failed(f"{path} cannot be read", error) from error
    if found != "ok":
        raise StorageFailed(f"{path} is damaged: {found}.", "triforce doctor")
