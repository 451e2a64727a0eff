"""The routes of mounted servers of MCP, and of the log of calls, as methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triforce_cli.kept_routes import KeptRoutes, escaped

if TYPE_CHECKING:
    from triforce_daemon.wire.mcp_servers import (
        McpServerAccept,
        McpServerAccepted,
        McpServerDetail,
        McpServerList,
        McpServerLog,
        McpServerTest,
    )
    from triforce_daemon.wire.tools import ToolLogPage


class MountedRoutes(KeptRoutes):
    def mcp_servers(self) -> McpServerList:
        return self._transport.call("GET", "/v1/mcp-servers")

    def mcp_server(self, name: str) -> McpServerDetail:
        return self._transport.call("GET", f"/v1/mcp-servers/{escaped(name)}")

    def mcp_server_log(self, name: str) -> McpServerLog:
        return self._transport.call("GET", f"/v1/mcp-servers/{escaped(name)}/log")

    def test_mcp_server(self, name: str) -> McpServerTest:
        return self._transport.call("POST", f"/v1/mcp-servers/{escaped(name)}/test")

    def accept_mcp_tools(self, name: str, accept: McpServerAccept) -> McpServerAccepted:
        return self._transport.call("POST", f"/v1/mcp-servers/{escaped(name)}/accept", body=accept)

    def tool_log(
        self, tool: str | None = None, status: str | None = None, since: str | None = None, limit: int | None = None
    ) -> ToolLogPage:
        query = {"tool": tool, "status": status, "since": since, "limit": limit}
        return self._transport.call("GET", "/v1/tools/log", query)
