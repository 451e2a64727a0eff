"""The rows of chains and of their cycles."""

from typing import Any, TypedDict, cast

from sqlalchemy import bindparam, delete, insert, select, update

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.selection import begins
from triforce_daemon.stores.tables import chain_cycles, chains
from triforce_daemon.wire.chains import ChainState


class ChainRow(TypedDict):
    """Moments are in ms; `error` is JSON."""

    id: str
    account: str
    owner: str
    project: str | None
    prompt: str
    lead: str
    profile: str
    aggressive: int
    max_cycles: int
    status: ChainState
    job: str
    error: str | None
    daemon: str
    created: int
    updated: int


class CycleRow(TypedDict):
    """`steps` is JSON."""

    chain: str
    number: int
    request: str
    report: str
    next: str
    done: int
    steps: str
    tokens_in: int
    tokens_out: int
    estimated: int
    cost: str | None
    started: int
    finished: int


class ChainStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        column = chains.c
        at = column.id == bindparam("at")
        self._insert = database.prepared(lambda: insert(chains))
        self._add = database.prepared(lambda: insert(chain_cycles))
        moved: dict[str, Any] = {"status": bindparam("to"), "updated": bindparam("now")}
        was = (column.status == bindparam("one")) | (column.status == bindparam("other"))
        self._move = database.prepared(
            lambda: update(chains).where(at, was).values(**moved, error=bindparam("why")).returning(column.id)
        )
        self._resume = database.prepared(
            lambda: (
                update(chains)
                .where(at, column.status == bindparam("one"))
                .values(**moved, error=bindparam("why"), job=bindparam("by"), daemon=bindparam("where"))
                .returning(column.id)
            )
        )
        open_ = (column.status == "running") | (column.status == "pausing")
        self._interrupt = database.prepared(
            lambda: (
                update(chains)
                .where(column.daemon == bindparam("of"), open_)
                .values(status="interrupted", updated=bindparam("now"))
            )
        )
        self._touch = database.prepared(lambda: update(chains).where(at).values(updated=bindparam("now")))
        self._forget = database.prepared(lambda: delete(chains).where(column.updated < bindparam("before"), ~open_))
        self._delete_of = database.prepared(
            lambda: delete(chains).where(column.account == bindparam("of")).returning(column.id)
        )

    async def insert(self, row: ChainRow) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._insert(**row))

    async def add(self, cycle: CycleRow) -> None:
        """Keep a cycle that is over. Raises StorageFailed."""
        await self._database.write(self._add(**cycle), self._touch(at=cycle["chain"], now=cycle["finished"]))

    async def move(
        self, chain: str, was: tuple[ChainState, ChainState], to: ChainState, now: int, error: str | None = None
    ) -> bool:
        """Into another state, where it is in one of two; whether it was. Raises StorageFailed."""
        one, other = was
        (rows,) = await self._database.write(self._move(at=chain, one=one, other=other, to=to, now=now, why=error))
        return bool(rows)

    async def resume(self, chain: str, was: ChainState, job: str, daemon: str, now: int) -> bool:
        """Into `running`, by another job, where it is as it `was`; whether it was. Raises StorageFailed."""
        write = self._resume(at=chain, one=was, to="running", by=job, where=daemon, now=now, why=None)
        (rows,) = await self._database.write(write)
        return bool(rows)

    async def interrupt(self, daemon: str, now: int) -> None:
        """What a daemon worked on when it ended was interrupted. Raises StorageFailed."""
        await self._database.write(self._interrupt(of=daemon, now=now))

    async def forget(self, before: int) -> None:
        """Delete what does not run and was not touched since (ms). Raises StorageFailed."""
        await self._database.write(self._forget(before=before))

    def delete_of(self, account: str) -> Write:
        """The write that deletes all that an account has, and returns their ids."""
        return self._delete_of(of=account)

    async def starting(self, account: str, prefix: str, most: int) -> list[ChainRow]:
        """An account's whose id begins so. Raises StorageFailed."""
        query = select(chains).where(chains.c.account == account, begins(chains.c.id, prefix))
        return cast("list[ChainRow]", await self._rows(query.order_by(chains.c.id).limit(most)))

    async def page(self, account: str, project: str | None, limit: int | None) -> list[ChainRow]:
        """An account's, the newest first; without a limit all. Raises StorageFailed."""
        query = select(chains).where(chains.c.account == account)
        if project is not None:
            query = query.where(chains.c.project == project)
        return cast("list[ChainRow]", await self._rows(query.order_by(chains.c.created.desc()).limit(limit)))

    async def cycles(self, chain: str) -> list[CycleRow]:
        """In their order. Raises StorageFailed."""
        query = select(chain_cycles).where(chain_cycles.c.chain == chain).order_by(chain_cycles.c.number)
        return cast("list[CycleRow]", await self._rows(query))

    async def _rows(self, query: Any) -> list[dict[str, Any]]:
        async with self._database.read() as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings().all()]
