"""The daemon itself: is it there, how is it, stop it."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import OWNER, PUBLIC, READ
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.doctor import Doctor
from triforce_daemon.services.reload import Reload
from triforce_daemon.services.status import StatusPage
from triforce_daemon.wire.config import Reloaded
from triforce_daemon.wire.doctor import CheckList
from triforce_daemon.wire.status import Status, Stopping

routes = Routes()

Page = Annotated[StatusPage, Depends(Needs(StatusPage))]


@routes.get("/v1/health", policy=PUBLIC)
async def health(page: Page) -> dict[str, str]:
    """For load balancers and unit files: answers as soon as the daemon does."""
    return {"state": page.state}


@routes.get("/v1/status", policy=READ)
async def status(page: Page, caller: Who) -> Status:
    """The daemon, its providers, what was used today, and what is wrong, in one page.

    Usage is everybody's for the owner and admins, who also see where the daemon's files are; else the caller's own.
    """
    return await page.read(caller)


@routes.get("/v1/doctor", policy=OWNER)
async def doctor(doctor: Annotated[Doctor, Depends(Needs(Doctor))]) -> CheckList:
    """The daemon's checks of itself."""
    return await doctor.examine()


@routes.post("/v1/daemon/reload", policy=OWNER, records=Change("daemon.reload", ("taken", "restart")))
async def reload(reload: Annotated[Reload, Depends(Needs(Reload))]) -> Reloaded:
    """Read the configuration anew; what holds at once is taken over, and the answer names what does not."""
    return await reload.whole()


@routes.post("/v1/daemon/stop", policy=OWNER, records=Change("daemon.stop", ("streams",)))
async def stop(page: Page) -> Stopping:
    """Begin to drain: no new requests, open answers get their time, then the daemon ends."""
    return page.stop()
