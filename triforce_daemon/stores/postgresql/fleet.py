"""The daemons that share a PostgreSQL: each holds a lock that dies with it, and listens to what the tables say.

Triggers tell of each change at its commit. Nothing is lost: whoever was away reads everything anew when he is back.
"""

import asyncio
import logging
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable

import asyncpg
from sqlalchemy import BigInteger, Select, literal_column, select, text

from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.fleet import Hear
from triforce_daemon.stores.postgresql.connecting import end
from triforce_daemon.stores.postgresql.failures import LOST

log = logging.getLogger(__name__)

CHANNEL = "triforce"
#: Of the locks by which daemons are known.
LOCKS = 0x7466
#: So often is looked whether the connection still lives.
LOOK_SECONDS = 1.0
#: For so long changes are gathered before they are read: many come in one commit.
GATHER_SECONDS = 0.02
PAUSE_SECONDS = 0.2

_ALIVE = (
    f"locktype = 'advisory' AND granted AND objsubid = 2 AND classid = {LOCKS}"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class PostgresqlFleet:
    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]]) -> None:
        self.number = secrets.randbelow((1 << 31) - 1) + 1
        self._connect = connect
        self._ears: defaultdict[str, list[Hear]] = defaultdict(list)
        self._changed: defaultdict[str, set[str]] = defaultdict(set)
        self._stirred = asyncio.Event()
        self._connection: asyncpg.Connection | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def join(self, tasks: Tasks) -> None:
        """Be known to the others, and listen. Raises what `failures.LOST` names, and asyncpg.PostgresError."""
        self._connection = await self._join()
        self._keeper = tasks.start(self._keep(self._connection), "fleet")

    async def leave(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if self._connection is not None:
            await end(self._connection)

    def others(self) -> Select[int]:
        number = literal_column("CAST(objid AS bigint)", BigInteger())
        alive = select(number).select_from(text("pg_locks")).where(text(_ALIVE))
        return alive.where(number != literal_column(str(self.number), BigInteger()))

    def on_change(self, table: str, hear: Hear) -> None:
        self._ears[table].append(hear)

    async def _join(self) -> asyncpg.Connection:
        connection = await self._connect()
        try:
            # Shared: the connection before this one may not be known to be dead yet.
            await connection.execute(f"SELECT pg_advisory_lock_shared({LOCKS}, {self.number})")
            await connection.add_listener(CHANNEL, self._told)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(lambda _: self._stirred.set())
        return connection

    def _told(self, *words: object) -> None:
        table, _, row = str(words[-1]).partition(" ")
        self._changed[table].add(row)
        self._stirred.set()

    async def _keep(self, connection: asyncpg.Connection) -> None:
        while True:
            try:
                await self._stay(connection)
            except (*LOST, asyncpg.PostgresError, asyncpg.InterfaceError, StorageFailed) as error:
                log.warning("changes of other daemons are not heard", extra={"reason": str(error)})
            connection.terminate()
            connection = self._connection = await self._return()
            log.info("changes of other daemons are heard again")

    async def _stay(self, connection: asyncpg.Connection) -> None:
        """Hand on what is heard, until the connection breaks."""
        while not connection.is_closed():
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stirred.wait()
            except TimeoutError:
                await connection.execute("SELECT 1")
                continue
            await asyncio.sleep(GATHER_SECONDS)
            self._stirred.clear()
            changed, self._changed = self._changed, defaultdict(set)
            for table, rows in changed.items():
                for hear in self._ears[table]:
                    await hear(rows)

    async def _return(self) -> asyncpg.Connection:
        """A new connection; what happened meanwhile has been read."""
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            try:
                connection = await self._join()
            except (*LOST, asyncpg.PostgresError, asyncpg.InterfaceError):
                continue
            try:
                for hear in [hear for ears in self._ears.values() for hear in ears]:
                    await hear(None)
            except StorageFailed:
                connection.terminate()
                continue
            except BaseException:
                connection.terminate()
                raise
            return connection
