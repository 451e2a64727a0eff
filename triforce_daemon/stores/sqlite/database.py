"""SQLite in a file of its own: many readers in threads, one writer with group commit."""

import fcntl
import os
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import Executable, Table, bindparam
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError

from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.stores.database import Finding, Reading, Rows, Sequel, Write, too_large
from triforce_daemon.stores.sqlite import schema
from triforce_daemon.stores.sqlite.examine import examine
from triforce_daemon.stores.sqlite.failures import storage_failed
from triforce_daemon.stores.sqlite.reader import Reader
from triforce_daemon.stores.sqlite.search import search
from triforce_daemon.stores.sqlite.statement import Statement
from triforce_daemon.stores.sqlite.writer import Writer
from triforce_daemon.wire.sessions import SearchHit


class SqliteDatabase:
    """At `path`; one daemon at a time."""

    fleet = None

    def __init__(self, path: str, durability: str, busy_seconds: float) -> None:
        self.path = path
        self._durability = durability
        self._busy_seconds = busy_seconds
        self._lock: int | None = None

    @property
    def name(self) -> str:
        return self.path

    async def open(self) -> None:
        """Create or migrate, then start the writer. Raises StorageFailed."""
        self._lock = self._take_place()
        try:
            schema.prepare(self.path, self._busy_seconds)
            self._writer = Writer(self.path, self._durability, self._busy_seconds)
            self._writer.start()
        except StorageFailed:
            os.close(self._lock)
            raise
        self._reader = Reader(self.path, self._busy_seconds)

    async def close(self) -> None:
        await self._reader.close()
        self._writer.stop()
        if self._lock is not None:
            os.close(self._lock)

    def prepared(self, build: Callable[[], Executable], sequel: Sequel | None = None) -> Statement:
        return Statement(build, sequel)

    def upsert(self, table: Table, keys: Sequence[str], columns: Sequence[str]) -> Statement:
        def build() -> Executable:
            new = insert(table).values({name: bindparam(name) for name in (*keys, *columns)})
            return new.on_conflict_do_update(index_elements=keys, set_={name: new.excluded[name] for name in columns})

        return Statement(build)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[Reading]:
        """Until the end of the block one may read. What is wrong with that raises StorageFailed out of it."""
        try:
            yield self._reader
        except OverflowError:
            raise too_large() from None
        except DatabaseError as error:
            raise storage_failed("The database could not be read", error) from error

    async def write(self, *writes: Write) -> list[Rows]:
        """Commit all of it or nothing; when this returns, it is on disk. Raises StorageFailed."""
        return await self._writer.commit(*writes)

    async def search(self, owner: str, words: str, limit: int) -> list[SearchHit]:
        """Turns of `owner` that hold all of `words`, the best first. Raises StorageFailed."""
        async with self.read() as connection:
            return await search(connection, owner, words, limit)

    async def examine(self) -> Finding:
        return examine(self.path)

    def _take_place(self) -> int:
        try:
            make_private(os.path.dirname(self.path))
            # Two links to one file are one database, and have one lock.
            lock = _lock(os.path.realpath(self.path) + ".lock")
            _create_private(self.path)
        except OSError as error:
            raise _cannot_open(self.path, error) from error
        return lock


@contextmanager
def place_of(path: str) -> Generator[None]:
    """Nobody else opens the database at `path` until the end. Raises StorageFailed where a daemon has it."""
    try:
        make_private(os.path.dirname(path))
        lock = _lock(os.path.realpath(path) + ".lock")
    except OSError as error:
        raise _cannot_open(path, error) from error
    try:
        yield
    finally:
        os.close(lock)


def _cannot_open(path: str, error: OSError) -> StorageFailed:
    return StorageFailed(
        f"The database {path} cannot be opened: {error.strerror}.",
        "Check the folder's owner, mode and free room, or name another file with the setting database.path.",
    )


def _lock(path: str) -> int:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StorageFailed(
            f"Another daemon uses the database {path.removesuffix('.lock')}.",
            "Stop it with `triforce daemon stop`, or name another file with the setting database.path.",
        ) from None
    return descriptor


def _create_private(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
