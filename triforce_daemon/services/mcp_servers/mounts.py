"""All mounted servers: begun and ended as the configuration says, their tools in the one catalog."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from triforce_daemon.errors import NotFound
from triforce_daemon.mcp_client.door import reaching
from triforce_daemon.mcp_client.link import Reach
from triforce_daemon.mcp_client.program import Programs
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.near import near
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers.entries import entries
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer, Pace
from triforce_daemon.services.mcp_servers.pins import Pins
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.wire.status import Health

_LOOK_SECONDS = 0.05


class McpMounts:
    def __init__(
        self,
        catalog: Catalog,
        pins: Pins,
        programs: Programs,
        outbound: Outbound,
        keys: KeyRing,
        tasks: Tasks,
        lifecycle: Lifecycle,
        clock: Clock,
        pace: Pace | None = None,
    ) -> None:
        self._catalog = catalog
        self._pins = pins
        self._programs = programs
        self._outbound = outbound
        self._keys = keys
        self._tasks = tasks
        self._lifecycle = lifecycle
        self._clock = clock
        self._pace = pace or Pace()
        self._servers: dict[str, MountedServer] = {}
        self._lives: dict[str, asyncio.Task[None]] = {}
        self._reach: asyncio.Task[Reach] | None = None
        #: Is told when the catalog is another.
        self.on_change: Callable[[], None] = lambda: None
        keys.on_change(self._begin_anew)

    def __iter__(self) -> Iterator[MountedServer]:
        """By their names."""
        return iter(self._servers.values())

    def find(self, name: str) -> MountedServer:
        """Raises NotFound with near names."""
        found = self._servers.get(name)
        if found is None:
            alike = near(name, list(self._servers))
            hint = f"Did you mean {', '.join(alike)}?" if alike else "docs/mcp-servers.md says how to mount one."
            raise NotFound(f"No server of MCP is called {name}.", hint, near=alike)
        return found

    def take(self, settings: Mapping[str, McpServer]) -> None:
        """Begin what is new, end what is gone, and both with what is changed; the rest goes on. Never waits."""
        for name, server in list(self._servers.items()):
            if settings.get(name) != server.settings:
                self._end(name)
        known = self._servers
        self._servers = {name: known.get(name) or self._made(name, one) for name, one in sorted(settings.items())}
        for name, server in self._servers.items():
            if server.settings.enabled and name not in self._lives:
                self._lives[name] = self._tasks.start(server.live(), f"server {name}")
        self._publish()

    async def close(self) -> None:
        """End them all."""
        lives = list(self._lives.values())
        self._lives.clear()
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)

    async def reach(self) -> Reach:
        """What reaches servers; loaded once, when the first one is to be reached."""
        if self._reach is None:
            self._reach = self._tasks.start(self._loaded(), "start of mcp's client")
        return await asyncio.shield(self._reach)

    def secret(self, settings: McpServer) -> str | None:
        """The secret that the settings name, where there is one."""
        found = self._keys.credentials(settings.key) if settings.key else ()
        return found[0].secret if found else None

    def ills(self) -> list[Health]:
        """What an admin has to look at."""
        lines: list[Health] = []
        for server in self:
            if server.state == "down":
                message = f"The server {server.name} is down."
                fix = f"`triforce tools servers show {server.name}` says why."
                lines.append(Health(code=f"mcp.{server.name}", severity="error", message=message, fix=fix))
            if waiting := sum(tool.waits for tool in server.tools):
                message = f"The server {server.name} has {waiting} tools that are not what was accepted."
                fix = f"`triforce tools servers show {server.name}`, then `triforce tools servers accept {server.name}`"
                lines.append(Health(code=f"mcp.{server.name}", severity="warning", message=message, fix=fix))
            if server.link is not None and server.link.confined is False:
                message = f"The server {server.name} is not shut in: approvals do not bind a program of your own user."
                fix = "See `triforce doctor` for bubblewrap."
                lines.append(Health(code=f"mcp.{server.name}", severity="warning", message=message, fix=fix))
        return lines

    def _begin_anew(self, key: str) -> None:
        """Those that were begun with another secret."""
        concerned = [server.name for server in self if server.settings.key == key]
        settings = {server.name: server.settings for server in self}
        for name in concerned:
            self._end(name)
        if concerned:
            self.take(settings)

    async def _loaded(self) -> Reach:
        # To load it beside the daemon's own start would make that a second longer.
        while self._lifecycle.state == "starting":
            await asyncio.sleep(_LOOK_SECONDS)
        return await reaching(self._programs, self._outbound, self._tasks)

    def _made(self, name: str, settings: McpServer) -> MountedServer:
        if settings.key and settings.key not in self._keys.providers:
            # So that `triforce keys set` takes it.
            self._keys.learn(settings.key, ())
        secret = partial(self.secret, settings)
        made = MountedServer(
            *(name, settings, self._pins, self._clock, self.reach, secret, self._publish, self._tasks, self._pace)
        )
        if not settings.enabled:
            made.state = "off"
        return made

    def _end(self, name: str) -> None:
        del self._servers[name]
        self._catalog.remove_server(name)
        life = self._lives.pop(name, None)
        if life is not None:
            life.cancel()

    def _publish(self) -> None:
        """All of them by the servers' names, whichever has answered first: a list does not change by itself."""
        for server in self:
            self._catalog.remove_server(server.name)
        # What a toolset of our own is called already would come to hold both.
        taken = set(self._catalog.categories())
        for server in self:
            for entry in entries(server, f"mcp-{server.name}" if server.name in taken else server.name):
                self._catalog.add(entry)
        self.on_change()
