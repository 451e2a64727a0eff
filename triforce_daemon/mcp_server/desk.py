"""Starts MCP's endpoint when somebody first asks for it: its library takes a second and 25 MB."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from triforce_daemon.mcp_server.shelf import Shelf
from triforce_daemon.mcp_server.views import Views
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.toolbox.runner import Runner

if TYPE_CHECKING:
    from triforce_daemon.mcp_server.endpoint import Endpoint


@dataclass(slots=True)
class McpDesk:
    views: Views
    runner: Runner
    shelf: Shelf
    tasks: Tasks
    max_body_bytes: int
    _endpoint: "asyncio.Task[Endpoint] | None" = field(default=None, init=False)

    async def endpoint(self) -> "Endpoint":
        """The endpoint, which runs from now on."""
        if self._endpoint is None:
            self._endpoint = self.tasks.start(self._start(), "start of mcp")
        # Whoever stops waiting does not stop it for the others.
        return await asyncio.shield(self._endpoint)

    async def _start(self) -> "Endpoint":
        build = await in_thread(_builder)
        return build(self.views, self.runner, self.shelf, self.tasks, self.max_body_bytes)


def _builder() -> "Callable[[Views, Runner, Shelf, Tasks, int], Endpoint]":
    from triforce_daemon.mcp_server.building import build

    return build
