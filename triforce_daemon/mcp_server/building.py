"""Puts the endpoint together; whoever imports this loads the SDK."""

from mcp.server.subscriptions import InMemorySubscriptionBus

from triforce_daemon.mcp_server.endpoint import Endpoint
from triforce_daemon.mcp_server.server import server
from triforce_daemon.mcp_server.shelf import Shelf
from triforce_daemon.mcp_server.shelf_handlers import ShelfHandlers
from triforce_daemon.mcp_server.tool_handlers import ToolHandlers
from triforce_daemon.mcp_server.views import View
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.toolbox.runner import Runner


def build(views: View, runner: Runner, shelf: Shelf, tasks: Tasks, max_body_bytes: int, of: str | None) -> Endpoint:
    """An endpoint that runs as one of `tasks`; `of`: the mounted server of which it is."""
    bus = InMemorySubscriptionBus()
    made = server(ToolHandlers(views, runner, tasks), ShelfHandlers(shelf), bus, of)
    return Endpoint(made, bus, tasks, max_body_bytes)
