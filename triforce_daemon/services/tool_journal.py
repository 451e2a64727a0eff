"""Writes down every call of a tool: who, what, with which arguments' digest, and what came of it."""

import logging
import re

from triforce_daemon.errors import ToolNotFound
from triforce_daemon.runtime.logs import current_listener
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.toolbox.call import Change
from triforce_daemon.toolbox.outcome import Outcome
from triforce_daemon.toolbox.runner import Request

log = logging.getLogger(__name__)


#: What somebody calls that there is not is kept where it looks like a tool: it may be a key in the wrong place, and
#: what stands in the audit stands there for ever.
_LIKE_A_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NO_NAME = "(no tool)"

#: Kinds of changes whose subject is an id that says nothing of anybody; others may name a person or his words.
_OPAQUE = ("file", "memory", "git")


class ToolJournal:
    def __init__(self, trail: Trail) -> None:
        self._trail = trail

    async def record(self, request: Request, digest: str, outcome: Outcome) -> None:
        """In the audit when this returns. Raises StorageFailed."""
        caller = request.caller
        told: dict[str, object] = {
            "tool": _name(digest, outcome),
            "via": request.via,
            "arguments": digest,
            "ms": outcome.ms,
        }
        if outcome.error is not None:
            told["error"] = outcome.error.code
        if outcome.asked:
            told["asked"] = True
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


def _name(digest: str, outcome: Outcome) -> str:
    """A call that was refused before its tool was looked for has no digest."""
    found = bool(digest) and not isinstance(outcome.error, ToolNotFound)
    return outcome.tool if found or _LIKE_A_NAME.fullmatch(outcome.tool) else _NO_NAME


def _change(change: Change) -> dict[str, str]:
    """What `services/undo` needs to take it back."""
    return {"kind": change.kind, "subject": change.subject if change.kind in _OPAQUE else ""}
