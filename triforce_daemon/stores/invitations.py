"""The rows of invitations; of a code only its SHA-256."""

from typing import TypedDict, cast

from sqlalchemy import bindparam, delete, insert, null, select, update

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.tables import invitations
from triforce_daemon.wire.tiers import TierName


class InvitationRow(TypedDict):
    """Moments are in ms."""

    id: str
    digest: str
    tier: TierName
    created: int
    expires: int
    #: When somebody came with it.
    used: int | None


class InvitationStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert = database.prepared(lambda: insert(invitations))
        its_own = invitations.c.digest == bindparam("code")
        good = its_own & invitations.c.used.is_(None) & (invitations.c.expires > bindparam("now"))
        self._take = database.prepared(
            lambda: update(invitations).where(good).values(used=bindparam("now")).returning(invitations.c.tier)
        )
        self._give_back = database.prepared(lambda: update(invitations).where(its_own).values(used=null()))
        self._delete = database.prepared(
            lambda: delete(invitations).where(invitations.c.id == bindparam("at")).returning(invitations.c.id)
        )

    async def all(self) -> list[InvitationRow]:
        """The oldest first. Raises StorageFailed."""
        query = select(invitations).order_by(invitations.c.created, invitations.c.id)
        async with self._database.read() as connection:
            return [cast(InvitationRow, dict(row)) for row in (await connection.execute(query)).mappings().all()]

    async def insert(self, row: InvitationRow) -> None:
        """Raises StorageFailed."""
        await self._database.write(self._insert(**row))

    async def take(self, digest: str, now: int) -> TierName | None:
        """Use the invitation up; the tier that it gives, or None where it is none, or none any more."""
        (rows,) = await self._database.write(self._take(code=digest, now=now))
        return rows[0][0] if rows else None

    async def give_back(self, digest: str) -> None:
        """It was taken for nothing. Raises StorageFailed."""
        await self._database.write(self._give_back(code=digest))

    async def delete(self, invitation: str) -> bool:
        """Whether it was there. Raises StorageFailed."""
        (rows,) = await self._database.write(self._delete(at=invitation))
        return bool(rows)
