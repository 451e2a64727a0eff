"""Mounted tools as the catalog has them: the same gate, the same audit, and a reason where they cannot be called."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client.offer import Offer
from triforce_daemon.mcp_client.offered_parameters import OfferedParameters
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer
from triforce_daemon.services.mcp_servers.mounted_tool import MountedTool
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.content import Content
from triforce_daemon.toolbox.declaration import Declaration
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.wire.tools import Effect


@dataclass(frozen=True, slots=True)
class Reachable:
    """A requirement of each of a server's tools."""

    server: MountedServer
    tool: MountedTool

    def missing(self) -> Missing | None:
        if self.tool.state != "offered":
            return Missing(f"{self.tool.reason}.", f"`triforce tools servers show {self.server.name}`")
        if self.server.link is None:
            error = self.server.unavailable()
            return Missing(error.message, error.hint)
        return None


def entries(server: MountedServer, category: str) -> list[Entry]:
    """What was accepted of its tools, in its own order."""
    return [_entry(server, category, tool, offer) for tool in server.tools if (offer := tool.accepted) is not None]


def _entry(server: MountedServer, category: str, tool: MountedTool, offer: Offer) -> Entry:
    return Entry(
        name=tool.name,
        category=category,
        description=offer.description,
        declared=_declared(offer, server.settings),
        signature=OfferedParameters(offer.input_schema, offer.output_schema),
        requirements=(Reachable(server, tool),),
        server=server.name,
        handler=f"the server {server.name}, as {tool.tool}",
        _run=partial(_called, server, tool, offer),
        goes_on=partial(server.goes_on, tool.tool),
    )


async def _called(
    server: MountedServer, tool: MountedTool, offer: Offer, arguments: dict[str, Any], call: ToolCall
) -> Content:
    """Raises as the server does; ToolFailed also where what was promised does not come."""
    content = await server.call(tool.tool, arguments, call)
    if offer.output_schema is not None and content.value is None and not content.failed:
        raise ToolFailed(f"The server {server.name} has not returned the value that {tool.tool} promises.", None)
    return content


def _declared(offer: Offer, settings: McpServer) -> Declaration:
    effect: Effect = "read" if offer.read_only else "destroy" if offer.destructive else "write"
    return Declaration(
        tier=settings.tier,
        effect=effect,
        scope="tools:mounted",
        idempotent=offer.idempotent,
        open_world=offer.open_world,
        formerly=(),
        keywords=(),
        requires=(),
        approval=settings.approval == "always" or (settings.approval == "changes" and effect != "read"),
        asks=True,
        owners=False,
        approval_for={},
        each=False,
    )
