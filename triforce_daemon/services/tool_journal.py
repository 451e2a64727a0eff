"""Writes down every call of a tool: who, what, with which arguments' digest, and what came of it."""

import logging

from triforce_daemon.runtime.logs import current_listener
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.toolbox.call import Change
from triforce_daemon.toolbox.outcome import Outcome
from triforce_daemon.toolbox.runner import Request

log = logging.getLogger(__name__)


#: What is longer is no name of a tool.
_LONGEST = 200


#: Kinds of changes whose subject is an id that says nothing of anybody; others may name a person or his words.
_OPAQUE = ("file", "memory", "git")


class ToolJournal:
    def __init__(self, trail: Trail) -> None:
        self._trail = trail

    async def record(self, request: Request, digest: str, outcome: Outcome) -> None:
        """In the audit when this returns. Raises StorageFailed."""
        caller = request.caller
        told: dict[str, object] = {
            "tool": outcome.tool[:_LONGEST],
            "via": request.via,
            "arguments": digest,
            "ms": outcome.ms,
        }
        if outcome.error is not None:
            told["error"] = outcome.error.code
        audited = {
            "what": "called",
            **told,
            "listener": current_listener.get(),
            "token": caller.token,
            "login": caller.login,
        }
        if outcome.changes:
            audited["changes"] = [_change(change) for change in outcome.changes]
        await self._trail.record("tool", audited, caller=caller.account, request=request.request_id)
        log.info("tool called", extra={"client": caller.name, **told})


def _change(change: Change) -> dict[str, str]:
    """What `services/undo` needs to take it back."""
    return {"kind": change.kind, "subject": change.subject if change.kind in _OPAQUE else ""}
