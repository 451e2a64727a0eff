"""Mounted servers of MCP, for admins: how they are, and what of them is accepted. Which there are, the file says."""

from typing import Annotated

from fastapi import Depends

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import ADMIN
from triforce_daemon.routes.recorded import Change
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.mcp_servers.desk import McpServerDesk
from triforce_daemon.wire.mcp_servers import (
    McpServerAccept,
    McpServerAccepted,
    McpServerDetail,
    McpServerList,
    McpServerLog,
    McpServerTest,
)

routes = Routes()

Desk = Annotated[McpServerDesk, Depends(Needs(McpServerDesk))]


@routes.get("/v1/mcp-servers", policy=ADMIN)
async def list_servers(desk: Desk) -> McpServerList:
    """Every server that the configuration names, and how it is."""
    return desk.all()


@routes.get("/v1/mcp-servers/{name}", policy=ADMIN)
async def show_server(name: str, desk: Desk) -> McpServerDetail:
    """One server with its tools: which are offered, and which wait to be accepted."""
    return desk.show(name)


@routes.get("/v1/mcp-servers/{name}/log", policy=ADMIN)
async def show_log(name: str, desk: Desk) -> McpServerLog:
    """The end of what its program has written to its standard error."""
    return desk.log(name)


@routes.post("/v1/mcp-servers/{name}/test", policy=ADMIN, records=Change("mcp_servers.test", ("ok",)))
async def test_server(name: str, desk: Desk) -> McpServerTest:
    """Reach it a second time, as the configuration says; nothing that is sent here changes how."""
    return await desk.test(name)


@routes.post("/v1/mcp-servers/{name}/accept", policy=ADMIN, records=Change("mcp_servers.accept", ("accepted",)))
async def accept_tools(name: str, accept: McpServerAccept, desk: Desk, caller: Who) -> McpServerAccepted:
    """Accept what it says of some of its tools, as somebody has seen it."""
    return await desk.accept(caller, name, accept["tools"])
