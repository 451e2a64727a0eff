"""The servers of MCP that the configuration mounts."""

from collections.abc import Callable
from dataclasses import dataclass

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.mcp_client.program import Programs
from triforce_daemon.mcp_server.mounted_shelf import MountedPrompts, MountedResources
from triforce_daemon.mcp_server.shelf import Shelf
from triforce_daemon.services.mcp_servers.desk import McpServerDesk
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.services.mcp_servers.pins import Pins
from triforce_daemon.stores.mcp_tools import McpToolStore
from triforce_daemon.toolbox.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Mounted:
    mounts: McpMounts
    desk: McpServerDesk

    @property
    def parts(self) -> tuple[object, ...]:
        return self.mounts, self.desk

    def begin(self, ground: Ground, shelf: Shelf, on_change: Callable[[], None]) -> None:
        """Once the daemon's own tools are in the catalog."""
        shelf.resources.append(MountedResources(self.mounts))
        shelf.prompts.append(MountedPrompts(self.mounts))
        self.mounts.on_change = on_change
        self.mounts.take(ground.settings.mcp_servers)


def mounted(ground: Ground, catalog: Catalog) -> Mounted:
    """Nothing is started yet, and nothing is in the catalog."""
    world, clock = ground.world, ground.clock
    pins = Pins(McpToolStore(ground.database), clock)
    programs = Programs(world.sandbox, ground.places.mcp_servers, ground.tasks)
    mounts = McpMounts(catalog, pins, programs, world.outbound, world.keys, ground.tasks, ground.lifecycle, clock)
    world.closing.append(mounts.close)
    return Mounted(mounts, McpServerDesk(mounts, pins, clock))
