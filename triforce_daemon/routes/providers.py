"""The providers: how each is and why, whether it answers, what it says of its limits, and whether it is offered."""

from typing import Annotated

from fastapi import Depends, Request

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import ADMIN, READ
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.provider_tests import ProviderTests
from triforce_daemon.services.providers import ProviderDesk
from triforce_daemon.wire.providers import (
    ProviderDetail,
    ProviderLimitsList,
    ProviderList,
    ProviderSwitch,
    ProviderSwitched,
    ProviderTestList,
    ProviderTestRequest,
)

routes = Routes()

Desk = Annotated[ProviderDesk, Depends(Needs(ProviderDesk))]


@routes.get("/v1/providers", policy=READ)
async def list_providers(desk: Desk) -> ProviderList:
    """Every provider with its state and the evidence for it; nobody is asked."""
    return await desk.all()


@routes.get("/v1/providers/limits", policy=ADMIN)
async def show_limits(desk: Desk, provider: str | None = None) -> ProviderLimitsList:
    """What providers said of their limits in their last answers, by key."""
    return desk.limits(provider)


@routes.post("/v1/providers/test", policy=ADMIN)
async def test_providers(
    asked: ProviderTestRequest,
    request: Request,
    caller: Who,
    tests: Annotated[ProviderTests, Depends(Needs(ProviderTests))],
) -> ProviderTestList:
    """Ask providers something that costs nothing; with `model`, have it answer a few tokens."""
    return await tests.run(caller, request.state.request_id, asked.get("providers", []), asked.get("model"))


# A provider's name has no slash; whoever writes one is told so by the desk, with near names.
@routes.get("/v1/providers/{name:path}", policy=READ)
async def show_provider(name: str, desk: Desk) -> ProviderDetail:
    """One provider."""
    return await desk.show(name)


@routes.patch("/v1/providers/{name:path}", policy=ADMIN, records=Change("providers.switch", ("enabled", "state")))
async def switch_provider(name: str, switch: ProviderSwitch, desk: Desk) -> ProviderSwitched:
    """Switch a provider on or off: at once, and after a restart."""
    return await desk.switch(name, switch["enabled"])
