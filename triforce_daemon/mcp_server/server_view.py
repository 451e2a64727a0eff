"""The tools of one mounted server at its own address, as it calls them itself."""

from dataclasses import dataclass
from typing import Any

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolNotFound
from triforce_daemon.mcp_server.tool_words import tool_entry
from triforce_daemon.runtime.near import near
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.toolbox.admission import may
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.entry import Entry


@dataclass(frozen=True, slots=True)
class ServerView:
    catalog: Catalog
    mounts: McpMounts
    server: str

    def written(self, caller: Caller, toolset: str) -> bytes:
        """The JSON array of `tools/list`; there is one toolset here. Raises NotFound."""
        return orjson.dumps(
            [tool_entry(entry) | {"name": own} for own, entry in self._entries().items() if may(caller, entry)]
        )

    def find(self, toolset: str, name: str, arguments: dict[str, Any]) -> tuple[Entry, dict[str, Any]]:
        """Raises NotFound, also for a tool of the daemon's or of another server's."""
        entries = self._entries()
        if name not in entries:
            raise ToolNotFound(f"The server {self.server} has no tool {name}.", None, near=near(name, list(entries)))
        return entries[name], arguments

    def _entries(self) -> dict[str, Entry]:
        """What of its tools stands in the catalog, in its own order."""
        there = {entry.name: entry for entry in self.catalog if entry.server == self.server}
        return {tool.tool: there[tool.name] for tool in self.mounts.find(self.server).tools if tool.name in there}
