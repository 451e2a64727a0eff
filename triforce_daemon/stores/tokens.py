"""The rows of API tokens; of a secret only its SHA-256."""

import json
from collections.abc import Collection, Mapping
from typing import Any, TypedDict

from sqlalchemy import Select, bindparam, delete, insert, select, update

from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.selection import among
from triforce_daemon.stores.tables import tokens
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.tokens import Scope


class TokenRow(TypedDict):
    """One token, as it is kept."""

    id: str
    name: str
    digest: str
    scopes: list[Scope]
    models: list[str]
    boundary: Boundary
    created: int
    expires: int | None
    last_used: int | None
    revoked: int | None
    #: The account that it belongs to; None: the daemon's owner.
    user: str | None
    #: Its own limits, beside those of its holder; a cap as `wire/spend` has it.
    requests_per_minute: int | None
    spend: str | None


class TokenStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.prepared(lambda: insert(tokens))
        named = tokens.c.id == bindparam("token")
        self._revoke = database.prepared(lambda: update(tokens).where(named).values(revoked=bindparam("moment")))
        self._of_user = database.prepared(lambda: delete(tokens).where(tokens.c.user == bindparam("of")))
        self._use = database.prepared(lambda: update(tokens).where(named).values(last_used=bindparam("moment")))

    async def all(self, ids: Collection[str] | None = None) -> list[TokenRow]:
        """Those of `ids`, or every token, the oldest first. Raises StorageFailed."""
        return await self._rows(among(select(tokens), tokens.c.id, ids))

    async def with_digest(self, digest: str) -> list[TokenRow]:
        """The one whose secret has that SHA-256, where there is one. Raises StorageFailed."""
        return await self._rows(select(tokens).where(tokens.c.digest == digest))

    async def _rows(self, query: Select[Any]) -> list[TokenRow]:
        async with self._database.read() as connection:
            rows = (await connection.execute(query.order_by(tokens.c.created, tokens.c.id))).mappings().all()
        return [_row(row) for row in rows]

    async def insert(self, row: TokenRow) -> None:
        """Raises StorageFailed."""
        documents = {"scopes": json.dumps(row["scopes"]), "models": json.dumps(row["models"])}
        await self._database.write(self._insert(**{**row, **documents}))

    async def revoke(self, token: str, moment: int) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._revoke(token=token, moment=moment))

    def delete_of(self, user: str) -> Write:
        """The write that forgets every token of an account."""
        return self._of_user(of=user)

    async def used(self, moments: Mapping[str, int]) -> None:
        """Keep when tokens were last used, in one commit. Raises StorageFailed."""
        if moments:
            await self._database.write(*(self._use(token=token, moment=at) for token, at in moments.items()))


def _row(row: Mapping[Any, Any]) -> TokenRow:
    return TokenRow(**{**row, "scopes": json.loads(row["scopes"]), "models": json.loads(row["models"])})
