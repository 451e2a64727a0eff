"""Tools: listed, shown, searched, and called."""

from typing import Annotated, Any, cast

import orjson
from fastapi import Depends

from triforce_daemon.errors import TriforceError
from triforce_daemon.routes.checked_body import checked
from triforce_daemon.routes.exchange import Exchange
from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import CALLER, TOOLS
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.tool_log import ToolLog
from triforce_daemon.services.tools import ToolDesk
from triforce_daemon.wire.tools import ToolDetail, ToolList, ToolLogPage, ToolRun, ToolSearch, ToolsetList

routes = Routes()

Desk = Annotated[ToolDesk, Depends(Needs(ToolDesk))]


@routes.get("/v1/tools", policy=CALLER)
async def list_tools(desk: Desk, caller: Who, toolset: str | None = None, every: bool = False) -> ToolList:
    """What the caller may call; `toolset` narrows, `every` also shows the rest, with the reason."""
    return desk.all(caller, toolset, every=every)


@routes.get("/v1/tools/search", policy=CALLER)
async def search_tools(desk: Desk, caller: Who, query: str, limit: int = 5) -> ToolSearch:
    """The tools that fit some words best, of what the caller may call."""
    return desk.search(caller, query, limit)


@routes.get("/v1/tools/log", policy=CALLER)
async def log_of_calls(
    log: Annotated[ToolLog, Depends(Needs(ToolLog))],
    caller: Who,
    tool: str | None = None,
    status: str | None = None,
    since: str | None = None,
    limit: int = 50,
) -> ToolLogPage:
    """The calls that the caller made, the newest first; for an admin everybody's. `status`: ok, failed or a code."""
    return await log.newest(caller, tool, status, since, limit)


@routes.get("/v1/toolsets", policy=CALLER)
async def list_toolsets(desk: Desk, caller: Who) -> ToolsetList:
    """The names by which a part of the tools is chosen."""
    return desk.toolsets(caller)


@routes.get("/v1/tools/{name}", policy=CALLER)
async def show_tool(name: str, desk: Desk, caller: Who) -> ToolDetail:
    """One tool with its schemas, by today's or a former name."""
    return desk.show(caller, name)


@routes.direct("POST", "/v1/tools/{name}/run", policy=TOOLS)
async def run_tool(exchange: Exchange) -> None:
    """Call a tool. With `stream` an event stream tells how far it is, and its last event is the result."""
    body = await exchange.json() if exchange.has_body else {}
    run = checked(ToolRun, body)
    desk, name = exchange.part(ToolDesk), exchange.path["name"]
    if not run.get("stream"):
        with exchange.watched():
            result = await desk.run(exchange.caller, name, run, exchange.request_id, "api")
            await exchange.reply(200, orjson.dumps(result))
        return
    with exchange.watched():
        async with exchange.events() as outbox:

            def progress(done: float, words: str) -> None:
                outbox.put({"type": "progress", "done": done, "words": words})

            try:
                result = await desk.run(exchange.caller, name, run, exchange.request_id, "api", progress)
                outbox.put({"type": "done", **cast("dict[str, Any]", result)})
            except TriforceError as error:
                outbox.put({"type": "error", "error": error.body(exchange.request_id)})
