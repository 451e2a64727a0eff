"""The calls of tools that somebody made, as the audit has them: a caller sees his own, an admin all."""

from typing import Any

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.audit import Audit, Calls
from triforce_daemon.wire.audit import AuditItem
from triforce_daemon.wire.tools import LoggedCall, ToolLogPage

MOST = 1_000


class ToolLog:
    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    async def newest(
        self, caller: Caller, tool: str | None, status: str | None, since: str | None, limit: int
    ) -> ToolLogPage:
        """The newest first; a token sees what was called with it. Raises InvalidRequest, StorageFailed."""
        if not 0 < limit <= MOST:
            raise InvalidRequest(f"The limit is not from 1 to {MOST:,}.", "Narrow it down with a tool or a moment.")
        account = None if caller.is_admin else caller.account
        wanted = Calls(tool, None, status, since, account=account, token=caller.token)
        items = [_call(item) for item in await self._audit.calls(wanted, limit)]
        return ToolLogPage(schema="triforce.tools.log/1", items=items, next=None)


def _call(item: AuditItem) -> LoggedCall:
    told: dict[str, Any] = item["document"]
    return LoggedCall(
        ts=item["ts"],
        caller=item["caller"],
        tool=told["tool"],
        via=told["via"],
        arguments=told["arguments"],
        status=told.get("error", "asked" if told.get("asked") else "ok"),
        ms=told["ms"],
        receipt=item["request"],
    )
