"""Writes down every call of a tool: who, what, with which arguments' digest, and what came of it."""

import logging

from triforce_daemon.toolbox.outcome import Outcome
from triforce_daemon.toolbox.runner import Request

log = logging.getLogger(__name__)


class ToolJournal:
    async def record(self, request: Request, digest: str, outcome: Outcome) -> None:
        log.info(
            "tool called",
            extra={
                "tool": outcome.tool,
                "client": request.caller.name,
                "via": request.via,
                "arguments": digest,
                "ms": outcome.ms,
                **({"error": outcome.error.code} if outcome.error else {}),
            },
        )
