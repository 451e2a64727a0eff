"""What became of providers' keys: when each was last used, and what its last test has shown. Never a key itself."""

from collections.abc import Mapping
from typing import Any, TypedDict

from sqlalchemy import bindparam, delete, select

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.tables import key_history


class KeyId(TypedDict):
    provider: str
    origin: str
    name: str


class KeyTestRow(TypedDict):
    tested: int
    state: str
    status: int | None
    reason: str | None


class KeyRow(KeyId):
    """Times are milliseconds since 1970."""

    last_used: int | None
    tested: int | None
    state: str | None
    status: int | None
    reason: str | None


class KeyHistoryStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        identity = tuple(KeyId.__annotations__)
        self._use = database.upsert(key_history, identity, ["last_used"])
        self._test = database.upsert(key_history, identity, tuple(KeyTestRow.__annotations__))
        self._forget = database.prepared(
            lambda: delete(key_history).where(*(key_history.c[name] == bindparam(f"the_{name}") for name in identity))
        )

    async def all(self) -> list[KeyRow]:
        """Raises StorageFailed."""
        async with self._database.read() as connection:
            rows = (await connection.execute(select(key_history))).mappings().all()
        return [_row(row) for row in rows]

    async def used(self, moments: list[tuple[KeyId, int]]) -> None:
        """Keep when keys were last used, in one commit. Raises StorageFailed."""
        if moments:
            await self._database.write(*(self._use(**key, last_used=moment) for key, moment in moments))

    async def tested(self, tests: list[tuple[KeyId, KeyTestRow]]) -> None:
        """Keep what tests have shown, in one commit. Raises StorageFailed."""
        if tests:
            await self._database.write(*(self._test(**key, **test) for key, test in tests))

    async def forget(self, key: KeyId) -> None:
        """Another key may come under this name. Raises StorageFailed."""
        await self._database.write(
            self._forget(the_provider=key["provider"], the_origin=key["origin"], the_name=key["name"])
        )


def _row(row: Mapping[Any, Any]) -> KeyRow:
    return KeyRow(**row)
