"""Starts MCP's endpoint when somebody first asks for it: its library takes a second and 25 MB."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from triforce_daemon.mcp_server.server_shelf import ServerPrompts, ServerResources
from triforce_daemon.mcp_server.server_view import ServerView
from triforce_daemon.mcp_server.shelf import Shelf
from triforce_daemon.mcp_server.views import View, Views
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.toolbox.runner import Runner

if TYPE_CHECKING:
    from triforce_daemon.mcp_server.endpoint import Endpoint


@dataclass(slots=True)
class McpDesk:
    views: Views
    runner: Runner
    shelf: Shelf
    tasks: Tasks
    mounts: McpMounts
    max_body_bytes: int
    _endpoints: "dict[str | None, asyncio.Task[Endpoint]]" = field(default_factory=dict, init=False)

    async def endpoint(self, of: str | None = None) -> "Endpoint":
        """The endpoint, or that of one mounted server, which runs from now on. Raises NotFound."""
        if of is not None:
            self.mounts.find(of)
        if of not in self._endpoints:
            self._endpoints[of] = self.tasks.start(self._start(of), "start of mcp")
        # Whoever stops waiting does not stop it for the others.
        return await asyncio.shield(self._endpoints[of])

    def changed(self) -> None:
        """What mounted servers offer is not as before."""
        for endpoint in self._endpoints.values():
            if endpoint.done() and not endpoint.cancelled():
                self.tasks.start(endpoint.result().tell_of_change(), "changes for mcp")

    async def _start(self, of: str | None) -> "Endpoint":
        build = await in_thread(_builder)
        views, shelf = (self.views, self.shelf) if of is None else self._of_mounted(of)
        return build(views, self.runner, shelf, self.tasks, self.max_body_bytes, of)

    def _of_mounted(self, name: str) -> tuple[View, Shelf]:
        """Whatever there is of it each time: its sessions are its own, and see nothing else."""
        shelf = Shelf([ServerResources(self.mounts, name)], [ServerPrompts(self.mounts, name)])
        return ServerView(self.runner.catalog, self.mounts, name), shelf


def _builder() -> "Callable[[View, Runner, Shelf, Tasks, int, str | None], Endpoint]":
    from triforce_daemon.mcp_server.building import build

    return build
