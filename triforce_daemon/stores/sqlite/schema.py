"""Brings a database to today's tables at start; refuses, untouched, one that a newer version has written."""

import contextlib
import os
import sqlite3

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.revisions import is_newest, upgrade
from triforce_daemon.stores.sqlite.failures import storage_failed

#: What all migrations come to; see `docs/generator/new_database.py`.
_NEW = os.path.join(os.path.dirname(__file__), "new_database.sql")
#: Of a new database; SQLite's own choice is twice that. A commit for one request changes some ten pages by some hundred
#: bytes each, and writes all of them: with smaller ones the log grows half as fast, and copying it holds up less.
_PAGE_BYTES = 2_048


def prepare(path: str, busy_seconds: float) -> None:
    """Create or migrate the database at `path`. Raises StorageFailed."""
    revision = _revision(path, busy_seconds)
    if revision is None:
        _create(path, busy_seconds)
    elif not is_newest(revision, path):
        migrate(path, busy_seconds)


def for_reading(path: str) -> str:
    """The URI under which SQLite reads the database and changes nothing."""
    # Without a write-ahead log the file is all there is: `immutable` then leaves no files of its own beside it.
    how = "mode=ro" if os.path.exists(path + "-wal") else "mode=ro&immutable=1"
    return f"file:{_escaped(path)}?{how}"


def _revision(path: str, busy_seconds: float) -> str | None:
    """The revision of the tables at `path`; None where there are none yet."""
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return None
    try:
        with contextlib.closing(sqlite3.connect(for_reading(path), uri=True, timeout=busy_seconds)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            row = _version_row(connection) if "alembic_version" in tables else None
    except sqlite3.OperationalError as error:
        raise storage_failed(f"{path} cannot be read", error) from error
    except sqlite3.DatabaseError as error:
        raise _foreign(path, str(error)) from error
    if row is None and tables - {"alembic_version"}:
        raise _foreign(path, "it holds the tables of another program")
    return str(row[0]) if row else None


def _version_row(connection: sqlite3.Connection) -> tuple[str] | None:
    return connection.execute("SELECT version_num FROM alembic_version").fetchone()


def _foreign(path: str, reason: str) -> StorageFailed:
    return StorageFailed(
        f"{path} is not a triforce database: {reason}.", "Move it away, or name another with database.path."
    )


def _create(path: str, busy_seconds: float) -> None:
    """Make all tables at once: to take each step from the first version on costs a fifth of a daemon's first start."""
    with open(_NEW, encoding="utf-8") as file:
        statements = file.read()
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode=WAL")
            # All tables or none: where one of them fails, what was begun is undone with the connection.
            connection.executescript(f"BEGIN IMMEDIATE;\n{statements}\nCOMMIT;")
    except sqlite3.Error as error:
        raise storage_failed(f"{path} cannot be brought to this version's tables", error) from error


def migrate(path: str, busy_seconds: float) -> None:
    """Take the steps from whatever is at `path`, be it nothing, to today's tables. Raises StorageFailed."""
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            # All tables or none: Python's own transactions would commit each of them alone.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            upgrade(connection)
            connection.commit()
    except (DBAPIError, sqlite3.Error) as error:
        raise storage_failed(f"{path} cannot be brought to this version's tables", error) from error
    finally:
        engine.dispose()


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
