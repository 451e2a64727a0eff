"""PostgreSQL, which several daemons may share: many readers through SQLAlchemy, one writer with group commit."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy import Executable, Table, bindparam, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.database import Finding, Rows, Sequel, Write, too_large
from triforce_daemon.stores.postgresql import schema
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.postgresql.connecting import connect
from triforce_daemon.stores.postgresql.examine import examine
from triforce_daemon.stores.postgresql.failures import storage_failed
from triforce_daemon.stores.postgresql.fleet import PostgresqlFleet
from triforce_daemon.stores.postgresql.search import search
from triforce_daemon.stores.postgresql.statement import Statement, legible
from triforce_daemon.stores.postgresql.writer import Writer
from triforce_daemon.wire.sessions import SearchHit

_TROUBLE = (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class PostgresqlDatabase:
    def __init__(self, address: Address, patience: float) -> None:
        """`patience`: how many seconds a PostgreSQL that is away is waited for."""
        self.name = address.name
        self._address = address
        # Its own: it writes until the very end.
        self._tasks = Tasks()
        self._patience = patience
        self._engine = create_async_engine("postgresql+asyncpg://", async_creator=self._connect, pool_pre_ping=True)
        event.listen(self._engine.sync_engine, "before_cursor_execute", _as_it_was_kept, retval=True)
        self._writer = Writer(self._connect, patience)
        self.fleet = PostgresqlFleet(self._connect)

    async def open(self) -> None:
        """Create or migrate, then start the writer. Raises StorageFailed."""
        try:
            async with self._engine.begin() as connection:
                await connection.run_sync(schema.prepare, self.name)
            await self.fleet.join(self._tasks)
        except _TROUBLE as error:
            await self._engine.dispose()
            raise storage_failed(f"{self.name} cannot be used", _cause(error)) from error
        except BaseException:
            await self._engine.dispose()
            raise
        self._writer.start(self._tasks)

    async def close(self) -> None:
        await self.fleet.leave()
        await self._writer.stop()
        await self._engine.dispose()

    def prepared(self, build: Callable[[], Executable], sequel: Sequel | None = None) -> Statement:
        return Statement(build, sequel)

    def upsert(self, table: Table, keys: Sequence[str], columns: Sequence[str]) -> Statement:
        def build() -> Executable:
            new = insert(table).values({name: bindparam(name) for name in (*keys, *columns)})
            return new.on_conflict_do_update(index_elements=keys, set_={name: new.excluded[name] for name in columns})

        return Statement(build)

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection for SELECT; it sees all that was committed before. Raises StorageFailed."""
        try:
            async with self._engine.connect() as connection:
                yield connection
        except _TROUBLE as error:
            cause = _cause(error)
            if isinstance(cause.__cause__, OverflowError):
                raise too_large() from None
            raise storage_failed("The database could not be read", cause) from error

    async def write(self, *writes: Write) -> list[Rows]:
        """Commit all of it or nothing; when this returns, it is on disk. Raises StorageFailed, RowRefused."""
        return await self._writer.commit(*writes)

    async def search(self, owner: str, words: str, limit: int) -> list[SearchHit]:
        """Turns of `owner` that hold all of `words`, the best first. Raises StorageFailed."""
        async with self.read() as connection:
            return await search(connection, owner, words, limit)

    async def examine(self) -> Finding:
        return await examine(self._address, self._patience)

    async def _connect(self) -> asyncpg.Connection:
        return await connect(self._address, self._patience)


def _as_it_was_kept(_: object, __: object, sql: str, values: Sequence[object], *___: object) -> tuple[str, object]:
    """What is looked for is written as what is there."""
    return sql, tuple(map(legible, values))


def _cause(error: BaseException) -> BaseException:
    """asyncpg's own error, out of what SQLAlchemy has wrapped around it."""
    original = getattr(error, "orig", None)
    return getattr(original, "__cause__", None) or original or error
