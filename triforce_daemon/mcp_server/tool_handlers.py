"""`tools/list` and `tools/call`: the caller's view of the catalog, and the one way to run a tool."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    InputRequiredResult,
    ListToolsResult,
    PaginatedRequestParams,
)

from triforce_daemon.errors import InvalidArguments, NotFound, ToolNotFound
from triforce_daemon.mcp_server.asking import McpClient, capability_missing, input_required
from triforce_daemon.mcp_server.request import Context, caller_of, request_id_of, toolset_of
from triforce_daemon.mcp_server.tool_words import call_result
from triforce_daemon.mcp_server.views import View
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.toolbox.client import CapabilityMissing, InputRequired
from triforce_daemon.toolbox.runner import Request, Runner
from triforce_daemon.toolbox.toolsets import ALL


@dataclass(frozen=True, slots=True)
class ToolHandlers:
    views: View
    runner: Runner
    tasks: Tasks

    async def list_tools(self, context: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        """All of them on one page, in an order that does not change: clients keep it."""
        try:
            written = self.views.written(caller_of(context), toolset_of(context))
        except NotFound as error:
            raise MCPError(code=INVALID_PARAMS, message=error.message) from None
        return ListToolsResult.model_validate({"tools": orjson.loads(written)}, by_name=False)

    def input_schema(self, name: str) -> Mapping[str, Any] | None:
        """What a tool takes, of which a call's headers may say a part; the SDK would write the whole list for it."""
        try:
            return self.views.find(ALL, name, {})[0].signature.input_schema()
        except NotFound:
            return None

    async def call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult | InputRequiredResult:
        try:
            entry, arguments = self.views.find(toolset_of(context), params.name, params.arguments or {})
        except ToolNotFound as error:
            raise MCPError(code=INVALID_PARAMS, message=f"Unknown tool: {error.message}") from None
        except (NotFound, InvalidArguments) as error:
            raise MCPError(code=INVALID_PARAMS, message=error.message) from None
        progress = Progress(context, self.tasks)
        request = Request(
            caller_of(context),
            entry.name,
            arguments,
            request_id_of(context),
            "mcp",
            progress=progress,
            client=McpClient(context, params),
        )
        try:
            outcome = await self.runner.run(request)
        except InputRequired as needed:
            return input_required(needed)
        except CapabilityMissing as error:
            raise capability_missing(error) from None
        finally:
            await progress.told()
        return CallToolResult.model_validate(call_result(outcome), by_name=False)


class Progress:
    """Tells the client how far a call is, in the order in which it was told."""

    def __init__(self, context: Context, tasks: Tasks) -> None:
        self._context = context
        self._tasks = tasks
        self._last: asyncio.Task[None] | None = None

    def __call__(self, done: float, words: str) -> None:
        self._last = self._tasks.start(self._tell(self._last, done, words), "progress of a tool")

    async def told(self) -> None:
        """Once the client has been told everything."""
        if self._last is not None:
            await self._last

    async def _tell(self, before: "asyncio.Task[None] | None", done: float, words: str) -> None:
        if before is not None:
            await before
        await self._context.session.report_progress(done, 1.0, words)
