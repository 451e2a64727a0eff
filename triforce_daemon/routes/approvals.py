"""Approvals: what waits for somebody's agreement, and the answer to it."""

from typing import Annotated

from fastapi import Depends, Query

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import CALLER
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.moments import moment_to_come
from triforce_daemon.toolbox.approvals import Approvals
from triforce_daemon.wire.approvals import Approval, ApprovalAnswer, ApprovalDetail, ApprovalList, ApprovalState

routes = Routes()

Queue = Annotated[Approvals, Depends(Needs(Approvals))]


@routes.get("/v1/approvals", policy=CALLER)
async def list_approvals(queue: Queue, caller: Who, state: ApprovalState | None = None) -> ApprovalList:
    """What the caller asked for; for a person what his programs asked for, for an admin everything."""
    return await queue.all(caller, state=state)


@routes.get("/v1/approvals/{approval}", policy=CALLER)
async def show_approval(
    approval: str, queue: Queue, caller: Who, wait: Annotated[float, Query(ge=0, le=300)] = 0
) -> ApprovalDetail:
    """One of them; with `wait` (seconds) as soon as it is answered."""
    return _detail(await queue.wait(caller, approval, wait), "show")


@routes.post("/v1/approvals/{approval}", policy=CALLER, records=Change("approvals.answer", ("tool", "state")))
async def answer_approval(
    approval: str,
    answer: ApprovalAnswer,
    queue: Queue,
    caller: Who,
    clock: Annotated[Clock, Depends(Needs(Clock))],
) -> ApprovalDetail:
    """Agree or not. Nobody answers what he asked for himself, and no token answers anything."""
    until = answer.get("until")
    moment = moment_to_come(until, clock.now_ms()) if until is not None else None
    return _detail(await queue.answer(caller, approval, answer["verdict"], moment), "answer")


@routes.delete("/v1/approvals/{approval}", policy=CALLER, records=Change("approvals.revoke", ("tool", "state")))
async def revoke_approval(approval: str, queue: Queue, caller: Who) -> ApprovalDetail:
    """Take back what was agreed to."""
    return _detail(await queue.revoke(caller, approval), "revoke")


def _detail(approval: Approval, verb: str) -> ApprovalDetail:
    return ApprovalDetail(**approval, schema=f"triforce.approvals.{verb}/1")
