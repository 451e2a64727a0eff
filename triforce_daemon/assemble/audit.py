"""What writes down who decided what, and keeps that in order."""

import logging
from dataclasses import dataclass

from triforce_daemon.access.users import Users
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.errors import StorageFailed
from triforce_daemon.routes.parts import Parts
from triforce_daemon.services.audit import Audit
from triforce_daemon.services.audit_keeper import Keeper
from triforce_daemon.services.receipts import Receipts
from triforce_daemon.services.refusals import Refusals
from triforce_daemon.settings import Audit as Settings
from triforce_daemon.stores.audit.chain import Chain
from triforce_daemon.stores.audit.key import SigningKey, signing_key
from triforce_daemon.stores.audit.names import Names
from triforce_daemon.stores.audit.rows import AuditStore
from triforce_daemon.stores.audit.trail import Trail

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Auditing:
    trail: Trail
    keeper: Keeper
    key: SigningKey
    refusals: Refusals

    def book(self, ground: Ground, users: Users) -> tuple[Audit, Receipts]:
        """What is read of it."""
        store, names = AuditStore(ground.database), self.trail.names
        audit = Audit(store, names, self.keeper, self.key, users.called, users.account_of)
        return audit, Receipts(audit, store, names, self.keeper)


async def auditing(ground: Ground) -> Auditing:
    """The chain of this daemon; what fills is signed, and what is old is pruned, from now on."""
    database, clock = ground.database, ground.clock
    key = await signing_key(ground.places.audit, ground.environ.get("CREDENTIALS_DIRECTORY"))
    names = Names(database, key.chain)
    await names.load()
    trail = Trail(database, Chain(key.chain, database), names, clock)
    keeper = Keeper(database, trail, key, _days(ground.settings.audit), clock)
    refusals = Refusals(trail, clock)
    ground.tasks.start(keeper.keep(), "audit")
    ground.tasks.start(refusals.keep(), "refusals")
    return Auditing(trail, keeper, key, refusals)


def _days(settings: Settings) -> dict[str, int]:
    return {
        "request": settings.request_days,
        "login": settings.login_days,
        "refusal": settings.refusal_days,
        "tool": settings.tool_days,
        "change": settings.change_days,
        "daemon": settings.daemon_days,
    }


async def close(parts: Parts) -> None:
    """What is open is signed; where that cannot be written it is said, and nobody is kept from stopping by it."""
    try:
        await parts.get(Refusals).settle(all=True)
        await parts.get(Trail).record("daemon", {"what": "stopped"}, caller=None)
        await parts.get(Keeper).close_full(all=True)
    except StorageFailed as error:
        log.warning("the end of the audit was not written", extra={"reason": error.message})
