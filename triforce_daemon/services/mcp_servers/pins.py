"""What was accepted of each mounted server, so that nothing of it changes behind anybody's back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triforce_daemon.mcp_client.offer import Offer
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.mcp_servers.mounted_tool import MountedTool, compared, remembered
from triforce_daemon.stores.mcp_tools import McpToolRow, McpToolStore

#: Who has written a server into the configuration accepts what it offers when it is met for the first time.
_CONFIGURATION = "configuration"


class Pins:
    def __init__(self, store: McpToolStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def remembered(self, server: str) -> list[MountedTool]:
        """Before it has been asked. Raises StorageFailed."""
        return remembered(server, await self._store.of(server))

    async def compared(
        self, server: str, patterns: Sequence[str], said: Sequence[Mapping[str, Any]]
    ) -> list[MountedTool]:
        """What a server says, beside what was accepted: all of it where nothing was yet. Raises StorageFailed."""
        rows = await self._store.of(server)
        found = compared(server, patterns, said, rows)
        if rows:
            return found
        await self._store.put(self._rows(server, (one.offer for one in found), _CONFIGURATION))
        return compared(server, patterns, said, await self._store.of(server))

    async def accept(self, server: str, tools: Iterable[MountedTool], by: str) -> None:
        """As they are now; those that are gone are forgotten. Raises StorageFailed."""
        chosen = [one for one in tools if one.waits]
        gone = [(server, one.tool) for one in chosen if one.state == "gone"]
        await self._store.put(self._rows(server, (one.offer for one in chosen), by), gone)

    def _rows(self, server: str, offers: Iterable[Offer | None], by: str) -> list[McpToolRow]:
        now = self._clock.now_ms()
        return [
            McpToolRow(
                server=server,
                tool=offer.tool,
                digest=offer.digest,
                declaration=offer.declaration,
                accepted=now,
                accepted_by=by,
            )
            for offer in offers
            if offer is not None
        ]
