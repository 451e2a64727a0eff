"""Tiers of accounts as a tool may change them."""

from dataclasses import dataclass

import orjson

from triforce_daemon.services.administration.change_records import ChangeRecords
from triforce_daemon.services.users import UserDesk
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.wire.tiers import TierName
from triforce_daemon.wire.users import UserPatch


@dataclass(frozen=True, slots=True)
class TierChanged:
    user: str
    old: TierName
    new: TierName
    expires: str | None


@dataclass(frozen=True, slots=True)
class TierChanges:
    desk: UserDesk
    records: ChangeRecords

    async def set(self, call: ToolCall, user: str, tier: TierName, expires: str | None) -> TierChanged:
        """Give an account a tier, until `expires`; None: for ever. Raises NotFound, InvalidRequest, StorageFailed."""
        before = self.desk.user(self.desk.find(user))
        patch = UserPatch(tier=tier, tier_expires=expires)
        after = await self.desk.change(before["id"], patch)
        undo = orjson.dumps({"tier": before["tier"], "tier_expires": before["tier_expires"]}).decode()
        call.changed("tier", before["id"], f"gave {before['name']} the tier {tier}", undo)
        shows = {"tier": after["tier"], "tier_expires": after["tier_expires"]}
        await self.records.record(call, "users.change", shows, user=before["id"])
        return TierChanged(after["name"], before["tier"], after["tier"], after["tier_expires"])
