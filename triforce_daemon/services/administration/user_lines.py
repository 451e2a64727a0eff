"""The accounts in a line each, with when somebody logged in last and what he has used today."""

from dataclasses import dataclass

from typing_extensions import TypedDict

from triforce_daemon.runtime.clock import when
from triforce_daemon.services.audit import Audit
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.users import UserDesk
from triforce_daemon.wire.tiers import TierName
from triforce_daemon.wire.users import Role


class UserLine(TypedDict):
    id: str
    name: str
    tier: TierName
    """The one that counts now."""
    role: Role
    created_at: str
    disabled: bool
    last_login: str | None
    """null: never, or too long ago for the audit."""
    tokens_today: int
    """Since midnight, UTC."""


@dataclass(frozen=True, slots=True)
class UserLines:
    desk: UserDesk
    audit: Audit
    ledger: Ledger

    async def find(self, tier: str | None, query: str | None, limit: int) -> tuple[list[UserLine], int]:
        """Those of a tier and with `query` in their names, the oldest first, and how many there are of them.

        Raises StorageFailed.
        """
        words = (query or "").lower()
        found = [
            user for user in self.desk.all()["items"] if tier in (None, user["tier"]) and words in user["name"].lower()
        ]
        used = await self.ledger.tokens_today()
        logged_in = await self.audit.log_ins(f"user/{user['id']}" for user in found[:limit])
        lines = [
            UserLine(
                id=user["id"],
                name=user["name"],
                tier=user["tier"],
                role=user["role"],
                created_at=user["created"],
                disabled=user["disabled"] is not None,
                last_login=when(logged_in.get(f"user/{user['id']}")),
                tokens_today=used.get(f"user/{user['id']}", 0),
            )
            for user in found[:limit]
        ]
        return lines, len(found)
