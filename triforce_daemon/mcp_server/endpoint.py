"""Where MCP's requests come in: the SDK's transports, run beside the daemon's other tasks."""

import asyncio
from typing import Any

from mcp.server.lowlevel.server import Server
from mcp.server.sse import SseServerTransport
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.subscriptions import PromptsListChanged, ResourcesListChanged, SubscriptionBus, ToolsListChanged
from starlette.types import Receive, Scope, Send

from triforce_daemon.mcp_server.request import owned
from triforce_daemon.runtime.tasks import Tasks

#: Where clients of the oldest revision send their messages.
MESSAGES = "/v1/mcp/messages"


class Endpoint:
    """Streamable HTTP for both revisions, and the two addresses of the revision before them."""

    def __init__(self, server: Server[Any], bus: SubscriptionBus, tasks: Tasks, max_body_bytes: int) -> None:
        """`bus` reaches whoever listens."""
        self._server = server
        self._bus = bus
        # Host and Origin are the door's matter, which has looked at them before anything else.
        self._manager = StreamableHTTPSessionManager(server, max_request_body_size=max_body_bytes)
        self._events = SseServerTransport(MESSAGES, max_request_body_size=max_body_bytes)
        self._ready = asyncio.Event()
        tasks.start(self._run(), "mcp")

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of Streamable HTTP."""
        await self._ready.wait()
        await self._manager.handle_request(owned(scope), receive, send)

    async def serve_events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An event stream of the oldest revision, for as long as its client stays."""
        async with self._events.connect_sse(owned(scope), receive, send) as (read, write):
            await self._server.run(read, write, self._server.create_initialization_options())

    async def take_message(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A message to such a stream."""
        await self._events.handle_post_message(owned(scope), receive, send)

    async def tell_of_change(self) -> None:
        """Who listens for it hears that other things are offered now."""
        for event in (ToolsListChanged(), PromptsListChanged(), ResourcesListChanged()):
            await self._bus.publish(event)

    async def _run(self) -> None:
        async with self._manager.run():
            self._ready.set()
            await asyncio.get_running_loop().create_future()
