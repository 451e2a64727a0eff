"""The rows of accounts; of a password only its argon2 hash."""

import json
from collections.abc import Collection, Mapping
from typing import Any, Literal, TypedDict, cast

from sqlalchemy import bindparam, delete, insert, select, update

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.selection import among
from triforce_daemon.stores.tables import users
from triforce_daemon.wire.tiers import TierName

Role = Literal["user", "admin"]


class UserRow(TypedDict):
    """One account, as it is kept; moments are in ms."""

    id: str
    name: str
    #: None: nobody can log in with a password.
    password: str | None
    tier: TierName
    #: None: the tier does not end.
    tier_expires: int | None
    role: Role
    #: With a space in between.
    grants: str
    #: Since when.
    disabled: int | None
    created: int
    #: None: as the tier has it; 0: no limit.
    requests_per_minute: int | None
    parallel: int | None
    tokens_per_day: int | None
    #: A cap, as `wire/spend` has it; None: none.
    spend: str | None
    #: Patterns of the models that may be asked; none: all that the tier holds.
    models: list[str]


class Limits(TypedDict):
    requests_per_minute: int | None
    parallel: int | None
    tokens_per_day: int | None
    spend: str | None
    models: list[str]


#: Of an account of which nothing was set for it alone.
NO_LIMITS = Limits(requests_per_minute=None, parallel=None, tokens_per_day=None, spend=None, models=[])


class UserChange(TypedDict, total=False):
    """What may change of an account."""

    password: str | None
    tier: TierName
    tier_expires: int | None
    role: Role
    grants: str
    disabled: int | None
    requests_per_minute: int | None
    parallel: int | None
    tokens_per_day: int | None
    spend: str | None
    models: list[str]


class UserStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.prepared(lambda: insert(users))
        self._delete = database.prepared(lambda: delete(users).where(users.c.id == bindparam("user")))

    async def all(self, ids: Collection[str] | None = None) -> list[UserRow]:
        """Those of `ids`, or everybody, the oldest first. Raises StorageFailed."""
        query = select(users).order_by(users.c.created, users.c.id)
        async with self._database.read() as connection:
            rows = (await connection.execute(among(query, users.c.id, ids))).mappings().all()
        return [_row(row) for row in rows]

    async def named(self, name: str) -> UserRow | None:
        """Raises StorageFailed."""
        async with self._database.read() as connection:
            row = (await connection.execute(select(users).where(users.c.name == name))).mappings().first()
        return _row(row) if row is not None else None

    async def insert(self, row: UserRow) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._insert(**{**row, "models": json.dumps(row["models"])}))

    async def change(self, user: str, change: UserChange) -> None:
        """Write the columns in `change` and no others. Raises StorageFailed."""
        if change:
            values = update(users).values({name: bindparam(name) for name in change})
            statement = self._database.prepared(lambda: values.where(users.c.id == bindparam("user")))
            kept = {name: json.dumps(value) if name == "models" else value for name, value in change.items()}
            await self._database.write(statement(user=user, **kept))

    def delete(self, user: str) -> Write:
        return self._delete(user=user)


def _row(row: Mapping[Any, Any]) -> UserRow:
    return cast(UserRow, {**row, "models": json.loads(row["models"] or "[]")})
