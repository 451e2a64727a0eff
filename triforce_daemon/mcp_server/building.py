"""Puts the endpoint together; whoever imports this loads the SDK."""

from mcp.server.subscriptions import InMemorySubscriptionBus

from triforce_daemon.mcp_server.desk import McpDesk
from triforce_daemon.mcp_server.endpoint import Endpoint
from triforce_daemon.mcp_server.server import server
from triforce_daemon.mcp_server.shelf_handlers import ShelfHandlers
from triforce_daemon.mcp_server.tool_handlers import ToolHandlers


def build(desk: McpDesk) -> Endpoint:
    tools = ToolHandlers(desk.views, desk.runner, desk.tasks)
    made = server(tools, ShelfHandlers(desk.shelf), InMemorySubscriptionBus())
    return Endpoint(made, desk.tasks, desk.max_body_bytes)
