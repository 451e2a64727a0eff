"""Approvals as who waits for one sees them; no tool gives one."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.toolbox.approvals import Approvals
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.approvals import ApprovalState


class Waiting(TypedDict):
    id: str
    tool: str
    args_digest: str
    state: ApprovalState
    asked_at: str
    expires_at: str


class ApprovalsFound(TypedDict):
    approvals: list[Waiting]


@tool(
    tier="free",
    effect="read",
    keywords=("permission", "pending", "allowed", "confirm", "Genehmigung", "Erlaubnis", "Freigabe", "wartet"),
)
async def approval_status(
    approval_id: Annotated[str | None, "only this one"] = None, *, queue: Approvals, call: ToolCall
) -> ApprovalsFound:
    """Tell what became of the caller's questions for approval."""
    if approval_id is not None:
        found = [await queue.get(call.caller, approval_id)]
    else:
        found = (await queue.all(call.caller))["items"]
    return ApprovalsFound(
        approvals=[
            Waiting(
                id=one["id"],
                tool=one["tool"],
                args_digest=one["args_digest"],
                state=one["state"],
                asked_at=one["asked_at"],
                expires_at=one["expires_at"],
            )
            for one in found
        ]
    )


class Waited(TypedDict):
    state: ApprovalState


@tool(
    tier="free",
    effect="read",
    keywords=("wait for permission", "until granted", "auf Genehmigung warten", "Freigabe abwarten"),
)
async def approval_wait(
    approval_id: Annotated[str, "what the refused call has named", Field(min_length=1, max_length=64)],
    timeout: Annotated[int, "seconds at most", Field(ge=1, le=300)] = 60,
    *,
    queue: Approvals,
    call: ToolCall,
) -> Waited:
    """Wait until somebody has answered a question for approval; this never grants it."""
    return Waited(state=(await queue.wait(call.caller, approval_id, timeout))["state"])
