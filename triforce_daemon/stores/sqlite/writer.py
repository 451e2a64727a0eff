"""One thread that writes to SQLite. Who waits at the same time shares one commit; who was answered is on disk."""

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.sql import ClauseElement

from triforce_daemon.errors import InvalidRequest, StorageFailed
from triforce_daemon.stores.database import RowRefused, Rows, Write
from triforce_daemon.stores.sqlite.failures import storage_failed

log = logging.getLogger(__name__)

#: A group never grows beyond this, so that the first of it does not wait for ever.
GROUP_LIMIT = 256

#: What only the job itself is to blame for; the others of its group are written.
_OWN_FAULTS = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeError,
)


class Statement:
    """A statement in SQLite's words."""

    def __init__(self, statement: Executable) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=sqlite_dialect(paramstyle="named"))
        self._sql = str(compiled)
        self._constants = {name: value for name, value in (compiled.params or {}).items() if value is not None}

    def __call__(self, **values: object) -> Write:
        return Write(self._sql, {**self._constants, **values})


@dataclass(slots=True)
class _Job:
    writes: Sequence[Write]
    done: asyncio.Future[list[Rows]]
    loop: asyncio.AbstractEventLoop


class Writer:
    """Owns the only connection that changes the database."""

    def __init__(self, path: str, durability: str, busy_seconds: float) -> None:
        self._path = path
        self._synchronous = "FULL" if durability == "full" else "NORMAL"
        self._busy_seconds = busy_seconds
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def start(self) -> None:
        """Open the database. Raises StorageFailed."""
        try:
            self._connection = self._connect()
        except sqlite3.Error as error:
            raise storage_failed("The database could not be opened", error) from error
        self._thread.start()

    def stop(self) -> None:
        """Write what was handed in, then close."""
        self._stopped = True
        self._jobs.put(None)
        self._thread.join()

    async def commit(self, *writes: Write) -> list[Rows]:
        """Write all or none of it; returns the rows of each statement (RETURNING) once it is durable.

        Raises StorageFailed (disk full, read-only, locked for too long), RowRefused, and InvalidRequest for text that
        is none.
        """
        if self._stopped:
            raise StorageFailed("The database is closed; nothing was written.", "The daemon is stopping.")
        loop = asyncio.get_running_loop()
        job = _Job(writes, loop.create_future(), loop)
        self._jobs.put(job)
        # A caller that is cancelled undoes nothing: what was handed in is written.
        return await job.done

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self._synchronous}")
        # 16 MB instead of 4 until the log is copied into the database: that is a third of what a commit costs.
        connection.execute("PRAGMA wal_autocheckpoint=4000")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def _work(self) -> None:
        while (first := self._jobs.get()) is not None:
            group = [first]
            last = False
            while len(group) < GROUP_LIMIT and not self._jobs.empty():
                job = self._jobs.get()
                if job is None:
                    last = True
                    break
                group.append(job)
            self._commit(group)
            if last:
                break
        self._connection.close()

    def _commit(self, group: list[_Job]) -> None:
        outcomes: list[list[Rows] | Exception] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            outcomes = [self._apply(job) for job in group]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            outcomes = [storage_failed("The database could not be written", error) for _ in group]
        except Exception as error:
            # A bug must not end the thread: all who write would wait for ever.
            log.exception("writing failed")
            self._roll_back()
            outcomes = [error] * len(group)
        _answer(group, outcomes)

    def _roll_back(self) -> None:
        # SQLite has often rolled back by itself; where even that fails, the next BEGIN says so.
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")

    def _apply(self, job: _Job) -> list[Rows] | Exception:
        """One job fails alone: its statements are undone, the group goes on."""
        # A single statement that fails undoes itself.
        several = len(job.writes) > 1
        if several:
            self._connection.execute("SAVEPOINT job")
        try:
            rows = [self._connection.execute(write.sql, write.values).fetchall() for write in job.writes]
        except _OWN_FAULTS as error:
            if several:
                self._connection.execute("ROLLBACK TO job")
                self._connection.execute("RELEASE job")
            return _blamed(error)
        if several:
            self._connection.execute("RELEASE job")
        return rows


def _answer(group: Sequence[_Job], outcomes: Sequence[list[Rows] | Exception]) -> None:
    """Tell everybody at once: to wake the loop costs as much as a row."""

    def settle() -> None:
        for job, outcome in zip(group, outcomes, strict=True):
            if job.done.cancelled():
                continue
            if isinstance(outcome, Exception):
                job.done.set_exception(outcome)
            else:
                job.done.set_result(outcome)

    try:
        group[0].loop.call_soon_threadsafe(settle)
    except RuntimeError:
        # The loop has ended: nobody waits any more, and the rows are on disk.
        return


def _blamed(error: Exception) -> Exception:
    """What the job hears that made a mistake."""
    if isinstance(error, sqlite3.IntegrityError):
        return RowRefused(str(error))
    if isinstance(error, UnicodeError):
        return InvalidRequest(f"The text cannot be kept: it holds half a character ({error}).", "Send valid Unicode.")
    return error
