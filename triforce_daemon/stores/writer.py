"""One thread that writes to SQLite. Who waits at the same time shares one commit; who was answered is on disk."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.sql import ClauseElement

from triforce_daemon.errors import StorageFailed

Rows = list[tuple[Any, ...]]

#: A group never grows beyond this, so that the first of it does not wait for ever.
GROUP_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Write:
    """One statement with its values, ready for `Writer.commit`."""

    sql: str
    values: dict[str, object]


class Prepared:
    """A statement compiled once; called with its values it becomes a `Write`."""

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
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)

    def start(self) -> None:
        self._connection = self._connect()
        self._thread.start()

    def stop(self) -> None:
        """Write what was handed in, then close."""
        self._jobs.put(None)
        self._thread.join()

    async def commit(self, *writes: Write) -> list[Rows]:
        """Write all or none of it; returns the rows of each statement (RETURNING) once it is durable.

        Raises StorageFailed (disk full, read-only, locked for too long) and sqlite3.IntegrityError.
        """
        loop = asyncio.get_running_loop()
        job = _Job(writes, loop.create_future(), loop)
        self._jobs.put(job)
        # A caller that is cancelled must not undo what shares its commit: the write goes on.
        return await asyncio.shield(job.done)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self._synchronous}")
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
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            outcomes = [_storage_failed(error)] * len(group)
        for job, outcome in zip(group, outcomes, strict=True):
            _answer(job, outcome)

    def _apply(self, job: _Job) -> list[Rows] | Exception:
        """One job fails alone: its statements are undone, the group goes on."""
        self._connection.execute("SAVEPOINT job")
        try:
            rows = [self._connection.execute(write.sql, write.values).fetchall() for write in job.writes]
        except sqlite3.IntegrityError as error:
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            return error
        self._connection.execute("RELEASE job")
        return rows


def _answer(job: _Job, outcome: list[Rows] | Exception) -> None:
    def settle() -> None:
        if job.done.cancelled():
            return
        if isinstance(outcome, Exception):
            job.done.set_exception(outcome)
        else:
            job.done.set_result(outcome)

    try:
        job.loop.call_soon_threadsafe(settle)
    except RuntimeError:
        # The loop has ended: nobody waits any more, and the row is on disk.
        return


def _storage_failed(error: sqlite3.Error) -> StorageFailed:
    hints = {
        "full": "Free some disk space, then try again.",
        "readonly": "Check the owner and mode of the database and its folder.",
        "locked": "Another program holds the database; try again.",
        "disk I/O": "Look at the disk and at free space; the system's log may say more.",
    }
    hint = next((text for word, text in hints.items() if word in str(error)), "See the daemon's log.")
    return StorageFailed(f"The database could not be written ({error}).", hint)
