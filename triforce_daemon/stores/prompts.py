"""The rows of prompts: one for each version of each name of each account."""

from typing import Any, TypedDict, cast

from sqlalchemy import Select, bindparam, delete, func, insert, select

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import prompts


class PromptRow(TypedDict):
    """`tags` is JSON, `created` in ms."""

    account: str
    name: str
    version: int
    content: str
    tags: str
    created: int


class PromptStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        column = prompts.c
        its_own = (column.account == bindparam("of")) & (column.name == bindparam("called"))
        self._insert = database.prepared(lambda: insert(prompts))
        self._delete = database.prepared(lambda: delete(prompts).where(its_own).returning(column.version))
        self._forget = database.prepared(lambda: delete(prompts).where(its_own, column.version <= bindparam("upto")))
        self._delete_of = database.prepared(
            lambda: delete(prompts).where(column.account == bindparam("of")).returning(column.name)
        )

    async def insert(self, row: PromptRow, forget_upto: int) -> None:
        """Add a version, and delete those up to a number. Raises StorageFailed, RowRefused where it is there."""
        old = self._forget(of=row["account"], called=row["name"], upto=forget_upto)
        await self._database.write(self._insert(**row), old)

    async def delete(self, account: str, name: str) -> int:
        """All versions of it; how many there were. Raises StorageFailed."""
        (rows,) = await self._database.write(self._delete(of=account, called=name))
        return len(rows)

    def delete_of(self, account: str) -> Write:
        """The write that deletes all that an account has, and returns a row for each version."""
        return self._delete_of(of=account)

    async def newest(self, account: str) -> list[PromptRow]:
        """The newest version of each, by name. Raises StorageFailed."""
        last = (
            select(prompts.c.name, func.max(prompts.c.version).label("version"))
            .where(prompts.c.account == account)
            .group_by(prompts.c.name)
            .subquery()
        )
        same = (prompts.c.name == last.c.name) & (prompts.c.version == last.c.version)
        query = select(prompts).join(last, same).where(prompts.c.account == account).order_by(prompts.c.name)
        return await self._rows(query)

    async def versions(self, account: str, name: str) -> list[PromptRow]:
        """All that are kept of one, the oldest first. Raises StorageFailed."""
        of = (prompts.c.account == account) & (prompts.c.name == name)
        return await self._rows(select(prompts).where(of).order_by(prompts.c.version))

    async def all(self, account: str) -> list[PromptRow]:
        """Every version of everything that an account has. Raises StorageFailed."""
        query = select(prompts).where(prompts.c.account == account).order_by(prompts.c.name, prompts.c.version)
        return await self._rows(query)

    async def _rows(self, query: Select[Any]) -> list[PromptRow]:
        async with self._database.read() as connection:
            return [cast(PromptRow, dict(row)) for row in (await connection.execute(query)).mappings().all()]
