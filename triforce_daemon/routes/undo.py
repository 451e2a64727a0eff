"""What tools have changed in a request, taken back."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import TOOLS
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.undo import Undo
from triforce_daemon.wire.undo import Undone

routes = Routes()


@routes.post("/v1/receipts/{request}/undo", policy=TOOLS)
async def undo_request(request: str, undo: Annotated[Undo, Depends(Needs(Undo))], caller: Who) -> Undone:
    """Take back what tools have changed in one request of the caller's, by its id or the beginning of it."""
    return await undo.undo(caller, request)
