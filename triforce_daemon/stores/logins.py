"""The rows of log-ins: each is one program that somebody has given his password to."""

from collections.abc import Collection
from typing import TypedDict, cast

from sqlalchemy import bindparam, delete, insert, select, update

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.selection import among
from triforce_daemon.stores.tables import logins


class LoginRow(TypedDict):
    """Moments are in ms."""

    id: str
    user: str
    #: The only refresh token that is good, by its name.
    refresh: str
    created: int
    used: int
    expires: int


_RENEWED = ("refresh", "used", "expires")


class LoginStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.prepared(lambda: insert(logins))
        values = update(logins).values({name: bindparam(name) for name in _RENEWED})
        as_it_was = (logins.c.id == bindparam("login")) & (logins.c.refresh == bindparam("before"))
        self._renew = database.prepared(lambda: values.where(as_it_was).returning(logins.c.id))
        self._end = database.prepared(lambda: delete(logins).where(logins.c.id == bindparam("login")))
        self._of_user = database.prepared(lambda: delete(logins).where(logins.c.user == bindparam("of")))
        self._old = database.prepared(lambda: delete(logins).where(logins.c.expires <= bindparam("now")))

    async def all(self, now: int) -> list[LoginRow]:
        """Those that have not ended, the oldest first; the others are deleted. Raises StorageFailed."""
        await self._database.write(self._old(now=now))
        return await self.some(None)

    async def some(self, ids: Collection[str] | None) -> list[LoginRow]:
        """Those of `ids`, or all, the oldest first. Raises StorageFailed."""
        query = select(logins).order_by(logins.c.created, logins.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(among(query, logins.c.id, ids))).mappings().all()
        return [cast(LoginRow, dict(row)) for row in rows]

    async def insert(self, row: LoginRow) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._insert(**row))

    async def renew(self, row: LoginRow, before: str) -> bool:
        """Whether `before` was still the good refresh token: another daemon may have taken it. Raises StorageFailed."""
        changed = {"refresh": row["refresh"], "used": row["used"], "expires": row["expires"]}
        (rows,) = await self._database.write(self._renew(login=row["id"], before=before, **changed))
        return bool(rows)

    async def end(self, *ids: str) -> None:
        """Raises StorageFailed."""
        await self._database.write(*(self._end(login=id) for id in ids))

    def delete_of(self, user: str) -> Write:
        return self._of_user(of=user)
