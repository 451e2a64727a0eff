"""Mounted servers with a database and a catalog, and nothing else of the daemon."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.triforce_daemon.mcp_client.small_server import SmallServer, reaching
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer, Pace
from triforce_daemon.services.mcp_servers.pins import Pins
from triforce_daemon.stores.mcp_tools import McpToolStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase

QUICK = Pace(first=0.01, longest=0.02, steady=60, look=300, pause=0.01)


@asynccontextmanager
async def pins(folder: str) -> AsyncIterator[Pins]:
    database = SqliteDatabase(f"{folder}/triforce.db", "normal", busy_seconds=5)
    await database.open()
    try:
        yield Pins(McpToolStore(database), Clock())
    finally:
        await database.close()


@dataclass
class Mounting:
    server: MountedServer
    changes: list[None]

    async def until(self, right: Callable[[MountedServer], bool]) -> None:
        """Once it is so."""
        async with asyncio.timeout(10):
            while not right(self.server):
                await asyncio.sleep(0.005)

    def tools(self) -> dict[str, str]:
        return {tool.tool: tool.state for tool in self.server.tools}


@asynccontextmanager
async def mounting(
    small: SmallServer, settings: McpServer | None = None, pace: Pace = QUICK
) -> AsyncIterator[Mounting]:
    tasks, changes = Tasks(), list[None]()
    async with pins(small.folder) as kept, reaching(small.folder) as reach:

        async def door() -> object:
            return reach

        server = MountedServer(
            *("small", settings or small.settings(), kept, Clock()),
            door,  # type: ignore[arg-type]
            *(lambda: None, lambda: changes.append(None), tasks, pace),
        )
        life = tasks.start(server.live(), "life")
        try:
            yield Mounting(server, changes)
        finally:
            life.cancel()
            await asyncio.gather(life, return_exceptions=True)
            await tasks.stop()
