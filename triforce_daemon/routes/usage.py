"""What was used."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import CALLER, READ
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.limits import LimitDesk
from triforce_daemon.wire.limits import LimitList
from triforce_daemon.wire.usage import UsageKey, UsageList

routes = Routes()


@routes.get("/v1/usage", policy=READ)
async def usage(
    ledger: Annotated[Ledger, Depends(Needs(Ledger))],
    caller: Who,
    by: UsageKey = "model",
    since: str | None = None,
    client: str | None = None,
) -> UsageList:
    """Requests and tokens since a moment (default: seven days ago), added up by `by`; admins may name one `client`."""
    return await ledger.usage(caller, by, since, client)


@routes.get("/v1/usage/limits", policy=CALLER)
async def limits(
    desk: Annotated[LimitDesk, Depends(Needs(LimitDesk))], caller: Who, user: str | None = None
) -> LimitList:
    """What the caller may use, and what is left; admins may name a `user`."""
    return await desk.page(caller, user)
