"""One task that writes to PostgreSQL. Who waits at the same time shares one commit; who was answered is on its disk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import asyncpg

from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.database import Rows, Sequel, Write
from triforce_daemon.stores.postgresql.connecting import end
from triforce_daemon.stores.postgresql.failures import COLLISIONS, LOST, OWN_FAULTS, blamed, storage_failed

log = logging.getLogger(__name__)

#: A group never grows beyond this, so that the first of it does not wait for ever.
GROUP_LIMIT = 256
#: Between two attempts to find PostgreSQL again.
PAUSE_SECONDS = 0.1

Outcome = list[Rows] | Exception


@dataclass(slots=True)
class _Job:
    writes: Sequence[Write]
    deadline: float
    done: asyncio.Future[list[Rows]] = field(repr=False)


class _Unknown(Exception):
    """The connection broke between COMMIT and its answer: it may have been carried out."""


class Writer:
    """Owns the only connection that changes the database."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], patience: float) -> None:
        """`patience`: how many seconds a job waits for a PostgreSQL that is away."""
        self._connect = connect
        self._patience = patience
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._stopped = False
        self._connection: asyncpg.Connection | None = None
        self._sequels: set[Sequel] = set()

    def start(self, tasks: Tasks) -> None:
        self._task = tasks.start(self._work(), "writer")

    async def stop(self) -> None:
        """Write what was handed in, then close."""
        self._stopped = True
        self._jobs.put_nowait(None)
        await self._task

    async def commit(self, *writes: Write) -> list[Rows]:
        """Write all or none of it; returns the rows of each statement (RETURNING) once it is durable.

        Raises StorageFailed, RowRefused, and InvalidRequest for text that is none.
        """
        if self._stopped:
            raise StorageFailed("The database is closed; nothing was written.", "The daemon is stopping.")
        loop = asyncio.get_running_loop()
        job = _Job(writes, loop.time() + self._patience, loop.create_future())
        self._jobs.put_nowait(job)
        # A caller that is cancelled undoes nothing: what was handed in is written.
        return await job.done

    async def _work(self) -> None:
        last = False
        while not last and (first := await self._jobs.get()) is not None:
            group = [first]
            while len(group) < GROUP_LIMIT and not self._jobs.empty():
                job = self._jobs.get_nowait()
                if job is None:
                    last = True
                    break
                group.append(job)
            _answer(group, await self._outcomes(group))
        if self._connection is not None:
            await end(self._connection)

    async def _outcomes(self, group: Sequence[_Job]) -> Sequence[Outcome]:
        """Of each job, once the group is on disk, or given up."""
        while True:
            try:
                return await self._write(group)
            except _Unknown as unknown:
                self._drop()
                self._lose_places()
                what = "PostgreSQL went away while it wrote: whether it did is not known"
                return [storage_failed(what, unknown.__cause__ or unknown) for _ in group]
            except (*LOST, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                # With the connection ends what it had begun.
                self._drop()
                self._lose_places()
                if not isinstance(error, (*LOST, *COLLISIONS)):
                    return [storage_failed("The database could not be written", error) for _ in group]
                if self._stopped or asyncio.get_running_loop().time() >= group[0].deadline:
                    return [storage_failed("The database could not be written", error) for _ in group]
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as error:
                # A bug must not end the task: all who write would wait for ever.
                log.exception("writing failed")
                self._drop()
                self._lose_places()
                return [error] * len(group)

    async def _write(self, group: Sequence[_Job]) -> Sequence[Outcome]:
        """Together; where one of several makes a mistake, once more with each in a savepoint of its own."""
        connection = await self._connected()
        await connection.execute("BEGIN")
        try:
            outcomes: Sequence[Outcome] = [await self._apply(connection, job) for job in group]
        except OWN_FAULTS as error:
            await connection.execute("ROLLBACK")
            self._lose_places()
            if len(group) == 1:
                return [blamed(error)]
            await connection.execute("BEGIN")
            outcomes = [await self._apply_alone(connection, job) for job in group]
        try:
            await connection.execute("COMMIT")
        except LOST as error:
            raise _Unknown from error
        return outcomes

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _apply(self, connection: asyncpg.Connection, job: _Job) -> list[Rows]:
        try:
            return [await self._rows(connection, one) for one in job.writes]
        except asyncpg.InterfaceError as error:
            if connection.is_closed():
                raise ConnectionResetError(str(error)) from error
            raise

    async def _apply_alone(self, connection: asyncpg.Connection, job: _Job) -> Outcome:
        """One job fails alone: its statements are undone, the group goes on."""
        await connection.execute("SAVEPOINT job")
        try:
            rows = await self._apply(connection, job)
        except OWN_FAULTS as error:
            await connection.execute("ROLLBACK TO job")
            self._lose_places()
            return blamed(error)
        await connection.execute("RELEASE job")
        return rows

    async def _rows(self, connection: asyncpg.Connection, write: Write) -> Rows:
        values, sequel = write.values, write.sequel
        if sequel is not None:
            self._sequels.add(sequel)
            if sequel.lost:
                sequel.resume(await self._rows(connection, sequel.query))
            values = sequel.bind(values)
        return [tuple(row) for row in await connection.fetch(write.sql, *values.values())]

    def _lose_places(self) -> None:
        """What rows stood behind is undone."""
        for sequel in self._sequels:
            sequel.lose()


def _answer(group: Sequence[_Job], outcomes: Sequence[Outcome]) -> None:
    for job, outcome in zip(group, outcomes, strict=True):
        if job.done.cancelled():
            continue
        if isinstance(outcome, Exception):
            job.done.set_exception(outcome)
        else:
            job.done.set_result(outcome)
