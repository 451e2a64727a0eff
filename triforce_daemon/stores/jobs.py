"""The rows of jobs: in the database, so that one is known after its daemon has ended, and to others that share it."""

from typing import Any, TypedDict, cast

from sqlalchemy import Select, bindparam, delete, func, insert, or_, select, update

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.selection import begins
from triforce_daemon.stores.tables import jobs
from triforce_daemon.wire.jobs import JobState

_OPEN = ("queued", "running")


class JobRow(TypedDict):
    """Moments are in ms; `result`, `error` and `log` are JSON."""

    id: str
    account: str
    owner: str
    kind: str
    title: str
    state: JobState
    progress: float
    doing: str | None
    result: str | None
    error: str | None
    log: str
    node: str
    daemon: str
    cancel: int | None
    created: int
    started: int | None
    finished: int | None


_CHANGING = ("state", "progress", "doing", "result", "error", "log", "started", "finished")


class JobStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        column = jobs.c
        at = column.id == bindparam("at")
        self._insert = database.prepared(lambda: insert(jobs))
        self._change = database.prepared(
            lambda: update(jobs).where(at).values({name: bindparam(name) for name in _CHANGING})
        )
        # Prepared statements hold no lists.
        still = or_(*(column.state == state for state in _OPEN))
        self._ask = database.prepared(
            lambda: update(jobs).where(at, still).values(cancel=bindparam("now")).returning(column.id)
        )
        self._abandon = database.prepared(
            lambda: (
                update(jobs)
                .where(column.daemon == bindparam("of"), still)
                .values(state="failed", error=bindparam("why"), finished=bindparam("now"))
            )
        )
        self._forget = database.prepared(lambda: delete(jobs).where(column.finished < bindparam("before")))
        self._delete_of = database.prepared(
            lambda: delete(jobs).where(column.account == bindparam("of")).returning(column.id)
        )

    async def insert(self, row: JobRow) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._insert(**row))

    async def change(self, row: JobRow) -> None:
        """Keep how it is now. Raises StorageFailed."""
        await self._database.write(self._change(at=row["id"], **{name: row[name] for name in _CHANGING}))

    async def ask_to_end(self, job: str, now: int) -> bool:
        """Let the daemon that works on it know; whether it was still open. Raises StorageFailed."""
        (rows,) = await self._database.write(self._ask(at=job, now=now))
        return bool(rows)

    async def abandon(self, daemon: str, why: str, now: int) -> None:
        """What a daemon had open when it ended has failed. Raises StorageFailed."""
        await self._database.write(self._abandon(of=daemon, why=why, now=now))

    async def forget(self, before: int) -> None:
        """Delete what ended earlier (ms). Raises StorageFailed."""
        await self._database.write(self._forget(before=before))

    def delete_of(self, account: str) -> Write:
        """The write that deletes all that an account has, and returns their ids."""
        return self._delete_of(of=account)

    async def asked_to_end(self, daemon: str) -> list[str]:
        """The open ones of a daemon that somebody wants to end. Raises StorageFailed."""
        query = select(jobs.c.id).where(jobs.c.daemon == daemon, jobs.c.state.in_(_OPEN), jobs.c.cancel.is_not(None))
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def page(self, account: str | None, state: JobState | None, limit: int) -> list[JobRow]:
        """The newest first, of an account or of all. Raises StorageFailed."""
        query = select(jobs).order_by(jobs.c.created.desc(), jobs.c.id).limit(limit)
        if account is not None:
            query = query.where(jobs.c.account == account)
        return await self._rows(query if state is None else query.where(jobs.c.state == state))

    async def counts(self, account: str | None) -> dict[JobState, int]:
        """How many an account has, or all, in each state. Raises StorageFailed."""
        query = select(jobs.c.state, func.count().label("many")).group_by(jobs.c.state)
        if account is not None:
            query = query.where(jobs.c.account == account)
        async with self._database.read() as connection:
            return {cast(JobState, row.state): row.many for row in await connection.execute(query)}

    async def all(self, account: str) -> list[JobRow]:
        """All that an account has, the oldest first. Raises StorageFailed."""
        return await self._rows(select(jobs).where(jobs.c.account == account).order_by(jobs.c.created, jobs.c.id))

    async def starting(self, account: str | None, prefix: str, most: int) -> list[JobRow]:
        """Those whose id begins so, of an account or of all. Raises StorageFailed."""
        query = select(jobs).where(begins(jobs.c.id, prefix)).order_by(jobs.c.id).limit(most)
        return await self._rows(query if account is None else query.where(jobs.c.account == account))

    async def _rows(self, query: Select[Any]) -> list[JobRow]:
        async with self._database.read() as connection:
            return [cast(JobRow, dict(row)) for row in (await connection.execute(query)).mappings().all()]
