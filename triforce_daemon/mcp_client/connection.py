"""A mounted server that answers: what it offers, and calls of it, in words that the rest of the daemon knows."""

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import httpx2
import orjson
from mcp.client._transport import Transport
from mcp.client.client import Client
from mcp.client.session import IncomingMessage
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    INVALID_REQUEST,
    LOG_LEVEL_META_KEY,
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CallToolRequest,
    CallToolResult,
    GetPromptRequest,
    GetPromptResult,
    Implementation,
    InputRequiredResult,
    PromptListChangedNotification,
    ResourceListChangedNotification,
    ToolListChangedNotification,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import TypeAdapter, ValidationError

from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client.declaring import declaring
from triforce_daemon.mcp_client.hearing import Hearing
from triforce_daemon.mcp_client.line import Line
from triforce_daemon.mcp_client.lines import Lines
from triforce_daemon.mcp_client.link import Gone
from triforce_daemon.mcp_client.needed import FRESH, Lacking, Needed, Resumed
from triforce_daemon.mcp_client.paging import paged
from triforce_daemon.mcp_client.plain_text import plain_line
from triforce_daemon.mcp_client.read_items import Items, Reading
from triforce_daemon.mcp_client.reading import completions, contents, dumped, listed
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.toolbox.content import Content
from triforce_daemon.wire.constants import VERSION

#: What a result may hold, pictures included.
MOST_BYTES = 16 << 20
#: Words on how far a call is; who says more is not listened to.
MOST_PROGRESS = 1_000
_LONGEST_ERROR = 2_000
_LONGEST_WORDS = 200

#: How the SDK says that there is nobody any more; a server's own errors may have the same codes.
_ENDS = ((CONNECTION_CLOSED, "Connection closed"), (INVALID_REQUEST, "Session terminated"))

_CHANGES = (ToolListChangedNotification, PromptListChangedNotification, ResourceListChangedNotification)

Page = TypeVar("Page")

_CALLED: TypeAdapter[CallToolResult | InputRequiredResult] = TypeAdapter(CallToolResult | InputRequiredResult)
_PROMPTED: TypeAdapter[GetPromptResult | InputRequiredResult] = TypeAdapter(GetPromptResult | InputRequiredResult)


class Connection:
    def __init__(self, name: str, client: Client, changed: asyncio.Event, lines: Lines) -> None:
        self._name = name
        self._client = client
        self._lines = lines
        #: Set when the server has said that it offers something else now.
        self.changed = changed
        info = client.server_info
        self.protocol = client.protocol_version
        #: Whether it asks by having a call sent once more, rather than while it answers.
        self.stateless = self.protocol in MODERN_PROTOCOL_VERSIONS
        self.program = plain_line(f"{info.name} {info.version}", _LONGEST_WORDS) if info is not None else None

    async def tools(self) -> list[dict[str, Any]]:
        """What it says of its tools. Raises Gone, ToolFailed."""
        session = self._client.session
        if session.server_capabilities is None or session.server_capabilities.tools is None:
            return []
        return await paged(session.list_tools, "tools", self._told)

    async def call(
        self, tool: str, arguments: dict[str, Any], line: Line, resumed: Resumed = FRESH
    ) -> Content | Needed:
        """What the tool returned, or what is needed before it goes on.

        However long that takes: whoever stops waiting ends it there as well. Raises ToolFailed, Lacking, Gone.
        """

        heard = 0

        async def told(progress: float, total: float | None, message: str | None) -> None:
            nonlocal heard
            heard += 1
            if heard > MOST_PROGRESS:
                return
            # Without a total nobody knows how far it is: it never comes to an end by itself, and always goes on.
            share = progress / total if total else progress / (1 + abs(progress))
            line.progress(min(max(share, 0.0), 1.0), plain_line(message or "", _LONGEST_WORDS))

        # Not by `call_tool`, which checks the answer against the server's own schema: see `offered_parameters`.
        params = {**self._sent(line, resumed), "name": tool, "arguments": arguments}
        request = CallToolRequest.model_validate({"method": "tools/call", "params": params}, by_name=False)
        with self._lines.held(line):
            asked = self._client.session.send_request(request, _CALLED, math.inf, progress_callback=told)
            result = await self._told(asked)
        if isinstance(result, InputRequiredResult):
            return _needed(result)
        blocks = [dumped(block) for block in result.content]
        value: Any = result.structured_content
        if len(orjson.dumps([blocks, value])) > MOST_BYTES:
            raise ToolFailed(f"The server {self._name} has answered with more than {MOST_BYTES:,} bytes.", None)
        held = cast("dict[str, Any]", value) if isinstance(value, dict) else None
        return Content(blocks, held, failed=result.is_error)

    async def reading(self) -> Reading:
        """What it has beside tools. Raises Gone."""
        return await listed(self._client.session, self._told)

    async def read(self, uri: str) -> Items:
        """A resource, as contents of MCP. Raises Gone, ToolFailed."""
        return await contents(self._client.session, self._told, uri)

    async def prompt(
        self, name: str, arguments: Mapping[str, str], line: Line, resumed: Resumed = FRESH
    ) -> Items | Needed:
        """A prompt, as messages of MCP, or what is needed before. Raises Gone, Lacking, ToolFailed."""
        params = {**self._sent(line, resumed), "name": name, "arguments": dict(arguments)}
        request = GetPromptRequest.model_validate({"method": "prompts/get", "params": params}, by_name=False)
        with self._lines.held(line):
            result = await self._told(self._client.session.send_request(request, _PROMPTED, math.inf))
        if isinstance(result, InputRequiredResult):
            return _needed(result)
        return [dumped(one) for one in result.messages]

    async def listen(self) -> None:
        """Hear that it offers something else now, where it tells that to whoever listens; returns when it ends that."""
        if not self.stateless:
            return
        try:
            async with self._client.listen(
                tools_list_changed=True, prompts_list_changed=True, resources_list_changed=True
            ) as events:
                async for _ in events:
                    self.changed.set()
        except (MCPError, SubscriptionLost, TimeoutError):
            # It is asked from time to time in any case.
            return

    async def complete(self, kind: str, name: str, argument: str, begun: str) -> Sequence[str]:
        """Words for an argument of a prompt or a template. Raises Gone."""
        return await completions(self._client.session, self._told, kind, name, argument, begun)

    def _sent(self, line: Line, resumed: Resumed) -> dict[str, Any]:
        """What stands beside a name and arguments: in revisions with sessions all of it is said otherwise."""
        if not self.stateless:
            return {}
        level = {LOG_LEVEL_META_KEY: line.log_level} if line.log_level is not None else {}
        answers = {"inputResponses": dict(resumed.answers)} if resumed.answers else {}
        return {"_meta": level, **answers, **({"requestState": resumed.state} if resumed.state is not None else {})}

    async def _told(self, asked: Awaitable[Page]) -> Page:
        try:
            return await asked
        except MCPError as error:
            words = plain_line(error.error.message, _LONGEST_ERROR)
            if (error.error.code, words) in _ENDS:
                raise Gone(f"The server {self._name} is gone.") from None
            if error.error.code == MISSING_REQUIRED_CLIENT_CAPABILITY:
                raise Lacking(_first_of(error.error.data)) from None
            raise ToolFailed(f"The server {self._name} says: {words}", None) from None
        except (ValidationError, RuntimeError):
            # So the SDK says that it is asked for what nobody here has offered.
            raise ToolFailed(f"The server {self._name} has answered what is no answer.", None) from None


def _needed(result: InputRequiredResult) -> Needed:
    return Needed({name: dumped(one) for name, one in (result.input_requests or {}).items()}, result.request_state)


def _first_of(data: Any) -> str:
    """The capability that an error names first."""
    named: Any = data.get("requiredCapabilities") if isinstance(data, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return plain_line(next(iter(cast("dict[str, Any]", named)), ""), _LONGEST_WORDS) if isinstance(named, dict) else ""


@asynccontextmanager
async def connected(name: str, transport: Transport, settings: McpServer) -> AsyncGenerator[Connection]:
    """Raises Gone where it does not take part."""
    changed = asyncio.Event()

    async def heard(message: IncomingMessage) -> None:
        if isinstance(message, _CHANGES):
            changed.set()

    lines = Lines(settings.call_seconds)
    hearing = Hearing(lines)
    client = Client(
        declaring(transport, lines),
        read_timeout_seconds=settings.start_seconds,
        message_handler=heard,
        sampling_callback=hearing.sampling,
        elicitation_callback=hearing.elicitation,
        list_roots_callback=hearing.roots,
        logging_callback=hearing.logged,
        client_info=Implementation(name="triforce", version=VERSION),
        cache=None,
        mode="auto" if settings.protocol == "newest" else "legacy",
    )
    try:
        async with client:
            yield Connection(name, client, changed, lines)
    except (ExceptionGroup, MCPError, httpx2.HTTPError) as error:
        # The SDK's groups of tasks make groups of one of whatever passes through them.
        first = _first(error)
        if isinstance(first, MCPError | httpx2.HTTPError):
            raise Gone(plain_line(str(first), _LONGEST_ERROR)) from None
        raise first from None


def _first(error: Exception) -> Exception:
    return (
        _first(cast("ExceptionGroup[Exception]", error).exceptions[0]) if isinstance(error, ExceptionGroup) else error
    )
