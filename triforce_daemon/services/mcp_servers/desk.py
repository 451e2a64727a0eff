"""Mounted servers as admins deal with them: listed, shown, tested, accepted."""

import asyncio
from collections.abc import Mapping

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Conflict, NotFound, TriforceError
from triforce_daemon.mcp_client.link import Gone
from triforce_daemon.mcp_client.plain_text import plain_line
from triforce_daemon.runtime.clock import Clock, rfc3339, when
from triforce_daemon.runtime.near import near
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer
from triforce_daemon.services.mcp_servers.mounted_tool import MountedTool
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.services.mcp_servers.pins import Pins
from triforce_daemon.wire.mcp_servers import (
    McpServer,
    McpServerAccepted,
    McpServerDetail,
    McpServerList,
    McpServerLog,
    McpServerTest,
    McpTool,
)

_LONGEST = 2_000


class McpServerDesk:
    def __init__(self, mounts: McpMounts, pins: Pins, clock: Clock) -> None:
        self._mounts = mounts
        self._pins = pins
        self._clock = clock

    def all(self) -> McpServerList:
        items = [_server(server) for server in self._mounts]
        return McpServerList(schema="triforce.mcp_servers.list/1", items=items, next=None)

    def show(self, name: str) -> McpServerDetail:
        """One of them with its tools, and what is to be looked at. Raises NotFound."""
        server = self._mounts.find(name)
        tools = [_tool(tool) for tool in server.tools]
        return McpServerDetail(**_server(server), schema="triforce.mcp_servers.show/1", items=tools)

    def log(self, name: str) -> McpServerLog:
        """What its program said last. Raises NotFound."""
        lines = [plain_line(line, _LONGEST) for line in self._mounts.find(name).last_words()]
        return McpServerLog(schema="triforce.mcp_servers.log/1", name=name, lines=lines)

    async def test(self, name: str) -> McpServerTest:
        """Reach it a second time, as its settings say and with nothing else. Raises NotFound."""
        server, began = self._mounts.find(name), self._clock.ticks()
        tested = McpServerTest(
            schema="triforce.mcp_servers.test/1",
            name=name,
            ok=False,
            reason=None,
            ms=0,
            program=None,
            protocol=None,
            confined=None,
            tools=[],
        )
        try:
            await self._reach(server, tested)
        except TimeoutError:
            tested["reason"] = f"It has not answered within {server.settings.start_seconds:g} seconds."
        except TriforceError as error:
            tested["reason"] = " ".join(filter(None, (error.message, error.hint)))
        except (Gone, ValueError, OSError) as error:
            tested["reason"] = plain_line(str(error), _LONGEST)
        tested["ms"] = round((self._clock.ticks() - began) * 1_000)
        return tested

    async def accept(self, caller: Caller, name: str, tools: Mapping[str, str]) -> McpServerAccepted:
        """What it says of these tools holds from now on, where it still says what `tools` has the digests of.

        Raises NotFound for a tool that does not wait, Conflict where it says something else meanwhile, StorageFailed.
        """
        server = self._mounts.find(name)
        waiting = {tool.name: tool for tool in server.tools if tool.waits}
        for called, digest in tools.items():
            if called not in waiting:
                alike = near(called, list(waiting))
                hint = f"See `triforce tools servers show {name}`."
                raise NotFound(f"No tool {called} waits to be accepted.", hint, near=alike)
            if waiting[called].digest != digest:
                raise Conflict(f"The server says something else of {called} by now.", "Look at it once more.")
        await self._pins.accept(name, [waiting[called] for called in tools], caller.account)
        await server.recall()
        return McpServerAccepted(schema="triforce.mcp_servers.accept/1", name=name, accepted=list(tools))

    async def _reach(self, server: MountedServer, tested: McpServerTest) -> None:
        reach = await self._mounts.reach()
        async with asyncio.timeout(server.settings.start_seconds):
            link = reach(server.name, server.settings, self._mounts.secret(server.settings), lambda _: None)
            async with link as there:
                said = await there.connection.tools()
                tested["program"], tested["protocol"] = there.connection.program, there.connection.protocol
                tested["confined"] = there.confined
                tested["tools"] = [plain_line(str(tool.get("name")), 128) for tool in said]
                tested["ok"] = True


def _server(server: MountedServer) -> McpServer:
    link, settings = server.link, server.settings
    return McpServer(
        name=server.name,
        state=server.state,
        reason=server.reason,
        since=rfc3339(server.since),
        way="command" if settings.command else "url",
        place=" ".join((settings.command, *settings.args)) if settings.command else settings.url,
        program=link.connection.program if link is not None else None,
        protocol=link.connection.protocol if link is not None else None,
        confined=link.confined if link is not None else None,
        pid=link.pid if link is not None else None,
        restarts=server.restarts,
        tools=sum(tool.state == "offered" for tool in server.tools),
        waiting=sum(tool.waits for tool in server.tools),
    )


def _tool(tool: MountedTool) -> McpTool:
    accepted, now = tool.accepted, tool.offer
    shown = now or accepted
    return McpTool(
        name=tool.name,
        tool=tool.tool,
        state=tool.state,
        reason=tool.reason,
        description=shown.description if shown is not None else "",
        accepted_description=accepted.description if accepted is not None else None,
        schema_changed=accepted is not None and now is not None and accepted.form != now.form,
        digest=tool.digest,
        accepted_at=when(tool.row["accepted"] if tool.row is not None else None),
        accepted_by=tool.row["accepted_by"] if tool.row is not None else None,
    )
