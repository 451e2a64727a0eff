"""The rows of approvals; in the database, so that any daemon that shares it can take the answer."""

from typing import Any, TypedDict, cast

from sqlalchemy import Select, and_, bindparam, case, func, insert, or_, select, update

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.selection import begins
from triforce_daemon.stores.tables import approvals
from triforce_daemon.wire.approvals import ApprovalState

#: So many are listed at most.
_MOST = 500


class ApprovalRow(TypedDict):
    """Moments are in ms."""

    id: str
    asker: str
    account: str
    name: str
    tool: str
    digest: str
    arguments: str
    state: ApprovalState
    asked: int
    expires: int
    answered: int | None
    answered_by: str | None
    #: Until when all calls of that tool by that asker are agreed to.
    until: int | None


class ApprovalStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        column = approvals.c
        self._insert = database.prepared(lambda: insert(approvals))
        by = and_(column.asker == bindparam("by"), column.tool == bindparam("of"), column.state == "granted")
        exactly = and_(column.digest == bindparam("what"), column.expires > bindparam("now"))
        standing = column.until > bindparam("now")
        found = select(column.id).where(by, or_(standing, exactly)).order_by(column.until.desc().nulls_last()).limit(1)
        # One that stands stays; one for this call alone is used up, by whoever comes first.
        spent = case((and_(column.until.is_not(None), standing), "granted"), else_="used")
        self._take = database.prepared(
            lambda: (
                update(approvals)
                .where(column.id == found.scalar_subquery(), by)
                .values(state=spent)
                .returning(column.id)
            )
        )
        own = column.id == bindparam("at")
        open_ = and_(own, column.state == "pending", column.expires > bindparam("now"))
        self._answer = database.prepared(
            lambda: (
                update(approvals)
                .where(open_)
                .values(
                    state=bindparam("verdict"),
                    answered=bindparam("now"),
                    answered_by=bindparam("whom"),
                    until=bindparam("till"),
                )
                .returning(column.id)
            )
        )
        self._revoke = database.prepared(
            lambda: update(approvals).where(own, column.state == "granted").values(state="revoked").returning(column.id)
        )

    async def insert(self, row: ApprovalRow) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._insert(**row))

    async def take(self, asker: str, tool: str, digest: str, now: int) -> bool:
        """Use up an agreement to this call; whether there was one. Raises StorageFailed."""
        (rows,) = await self._database.write(self._take(by=asker, of=tool, what=digest, now=now))
        return bool(rows)

    async def answer(self, approval: str, verdict: str, whom: str, now: int, until: int | None) -> bool:
        """Whether it was still open. Raises StorageFailed."""
        (rows,) = await self._database.write(self._answer(at=approval, verdict=verdict, whom=whom, now=now, till=until))
        return bool(rows)

    async def revoke(self, approval: str) -> bool:
        """Whether there was something to take back. Raises StorageFailed."""
        (rows,) = await self._database.write(self._revoke(at=approval))
        return bool(rows)

    async def pending(self, asker: str, tool: str, digest: str, now: int) -> ApprovalRow | None:
        """The open question for exactly this call. Raises StorageFailed."""
        column = approvals.c
        same = and_(column.asker == asker, column.tool == tool, column.digest == digest)
        rows = await self._rows(select(approvals).where(same, column.state == "pending", column.expires > now))
        return rows[0] if rows else None

    async def open_of(self, account: str, now: int) -> int:
        """How many questions of an account are open, whoever asked them for it. Raises StorageFailed."""
        column = approvals.c
        wanted = and_(column.account == account, column.state == "pending", column.expires > now)
        async with self._database.read() as connection:
            found = await connection.execute(select(func.count()).select_from(approvals).where(wanted))
            return found.scalar_one()

    async def recent(self, open_at: int | None = None) -> list[ApprovalRow]:
        """The newest first; of those that are open at a moment, where one is given. Raises StorageFailed."""
        query = select(approvals).order_by(approvals.c.asked.desc(), approvals.c.id).limit(_MOST)
        if open_at is not None:
            query = query.where(approvals.c.state == "pending", approvals.c.expires > open_at)
        return await self._rows(query)

    async def starting(self, name: str) -> list[ApprovalRow]:
        """Those whose id begins so. Raises StorageFailed."""
        return await self._rows(select(approvals).where(begins(approvals.c.id, name)).limit(_MOST))

    async def _rows(self, query: Select[Any]) -> list[ApprovalRow]:
        async with self._database.read() as connection:
            return [cast(ApprovalRow, dict(row)) for row in (await connection.execute(query)).mappings().all()]
