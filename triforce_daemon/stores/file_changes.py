"""The rows of what tools have changed in workspaces; what the files held lies in `workspaces/blobs`."""

from typing import Any, TypedDict, cast

from sqlalchemy import Select, bindparam, delete, insert, select

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import file_changes


class FileChangeRow(TypedDict):
    """`before` and `after` are SHA-256 of what the file held; None: it was not there. `created` is in ms."""

    id: str
    account: str
    folder: str
    path: str
    before: str | None
    after: str | None
    mode: int
    created: int


class FileChangeStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        column = file_changes.c
        self._insert = database.prepared(lambda: insert(file_changes))
        self._delete = database.prepared(lambda: delete(file_changes).where(column.id == bindparam("at")))
        self._forget = database.prepared(lambda: delete(file_changes).where(column.created < bindparam("earlier")))
        self._delete_of = database.prepared(
            lambda: delete(file_changes).where(column.account == bindparam("of")).returning(column.id)
        )

    async def insert(self, row: FileChangeRow) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._insert(**row))

    async def delete(self, change: str) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._delete(at=change))

    async def forget(self, before: int) -> None:
        """Delete what is older (ms). Raises StorageFailed."""
        await self._database.write(self._forget(earlier=before))

    def delete_of(self, account: str) -> Write:
        """The write that deletes all that an account has, and returns their ids."""
        return self._delete_of(of=account)

    async def get(self, account: str, change: str) -> FileChangeRow | None:
        """Raises StorageFailed."""
        column = file_changes.c
        rows = await self._rows(select(file_changes).where(column.account == account, column.id == change))
        return rows[0] if rows else None

    async def of_file(self, account: str, folder: str, path: str) -> list[FileChangeRow]:
        """What an account has changed of one file, the newest first. Raises StorageFailed."""
        column = file_changes.c
        of = (column.account == account) & (column.folder == folder) & (column.path == path)
        return await self._rows(select(file_changes).where(of).order_by(column.created.desc(), column.id))

    async def all(self, account: str) -> list[FileChangeRow]:
        """All that an account has changed, the oldest first. Raises StorageFailed."""
        query = select(file_changes).where(file_changes.c.account == account)
        return await self._rows(query.order_by(file_changes.c.created, file_changes.c.id))

    async def contents(self) -> set[str]:
        """The names of all contents that somebody may want back. Raises StorageFailed."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(file_changes.c.before, file_changes.c.after))
            return {name for row in rows for name in row if name is not None}

    async def _rows(self, query: Select[Any]) -> list[FileChangeRow]:
        async with self._database.read() as connection:
            return [cast(FileChangeRow, dict(row)) for row in (await connection.execute(query)).mappings().all()]
