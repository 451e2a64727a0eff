"""Invitations: codes with which somebody may make himself an account, once and not for ever."""

import secrets
from hashlib import sha256

from triforce_daemon.errors import Forbidden, NotFound
from triforce_daemon.runtime.clock import Clock, rfc3339, when
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services.moments import moment_to_come
from triforce_daemon.stores.invitations import InvitationRow, InvitationStore
from triforce_daemon.wire.tiers import TierName
from triforce_daemon.wire.users import Invitation, InvitationList, InvitationMade, NewInvitation

_PREFIX = "tfi_"
_WEEK_MS = 7 * 86_400_000


class Invitations:
    def __init__(self, store: InvitationStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def create(self, request: NewInvitation) -> InvitationMade:
        """Raises InvalidRequest, StorageFailed."""
        now, ends = self._clock.now_ms(), request.get("expires")
        code = _PREFIX + secrets.token_hex(16)
        row = InvitationRow(
            id=session_id(),
            digest=_digest(code),
            tier=request.get("tier", "free"),
            created=now,
            expires=moment_to_come(ends, now) if ends is not None else now + _WEEK_MS,
            used=None,
        )
        await self._store.insert(row)
        return InvitationMade(**_invitation(row), schema="triforce.users.invite/1", code=code)

    async def all(self) -> InvitationList:
        """The oldest first. Raises StorageFailed."""
        items = [_invitation(row) for row in await self._store.all()]
        return InvitationList(schema="triforce.users.invitations/1", items=items, next=None)

    async def withdraw(self, invitation: str) -> None:
        """Raises NotFound, StorageFailed."""
        if not await self._store.delete(invitation):
            raise NotFound(f"There is no invitation {invitation!r}.", "See `triforce users invitations`.")

    async def take(self, code: str) -> TierName:
        """Use it up; the tier that it gives. Raises Forbidden where it is none, or none any more; StorageFailed."""
        tier = await self._store.take(_digest(code), self._clock.now_ms())
        if tier is None:
            raise Forbidden("This invitation is not good, or not any more.", "Ask for a new one.")
        return tier

    async def give_back(self, code: str) -> None:
        """It was taken, and nothing came of it. Raises StorageFailed."""
        await self._store.give_back(_digest(code))


def _digest(code: str) -> str:
    return sha256(code.encode(errors="replace")).hexdigest()


def _invitation(row: InvitationRow) -> Invitation:
    return Invitation(
        id=row["id"],
        tier=row["tier"],
        created=rfc3339(row["created"]),
        expires=rfc3339(row["expires"]),
        used=when(row["used"]),
    )
