"""The tiers, for whoever wants to know what there is."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.access.tiers import Tiers
from triforce_daemon.routes.parts import Needs
from triforce_daemon.routes.policy import PUBLIC
from triforce_daemon.routes.table import Routes
from triforce_daemon.wire.tiers import TierList

routes = Routes()


@routes.get("/v1/tiers", policy=PUBLIC)
async def list_tiers(tiers: Annotated[Tiers, Depends(Needs(Tiers))]) -> TierList:
    """What each tier may use, from little to much."""
    return tiers.page()
