"""A mounted server that answers: what it offers, and calls of it, in words that the rest of the daemon knows."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import httpx2
import orjson
from mcp.client._transport import Transport
from mcp.client.client import Client
from mcp.client.session import IncomingMessage
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    INVALID_REQUEST,
    CallToolRequest,
    CallToolRequestParams,
    CallToolResult,
    Implementation,
    ToolListChangedNotification,
)
from pydantic import BaseModel, ValidationError

from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client.link import Gone
from triforce_daemon.mcp_client.paging import paged
from triforce_daemon.mcp_client.plain_text import plain_line
from triforce_daemon.mcp_client.read_items import Items, Reading
from triforce_daemon.mcp_client.reading import completions, contents, listed, messages
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

Page = TypeVar("Page", bound=BaseModel)


class Connection:
    def __init__(self, name: str, client: Client, changed: asyncio.Event) -> None:
        self._name = name
        self._client = client
        #: Set when the server has said that its tools are others now.
        self.changed = changed
        info = client.server_info
        self.protocol = client.protocol_version
        self.program = plain_line(f"{info.name} {info.version}", _LONGEST_WORDS) if info is not None else None

    async def tools(self) -> list[dict[str, Any]]:
        """What it says of its tools. Raises Gone, ToolFailed."""
        session = self._client.session
        if session.server_capabilities is None or session.server_capabilities.tools is None:
            return []
        return await paged(session.list_tools, "tools", self._told)

    async def call(
        self, tool: str, arguments: dict[str, Any], seconds: float, tell: Callable[[float, str], None]
    ) -> Content:
        """What the tool returned. Raises ToolFailed, Gone; whoever stops waiting ends it there as well."""

        heard = 0

        async def told(progress: float, total: float | None, message: str | None) -> None:
            nonlocal heard
            heard += 1
            if heard > MOST_PROGRESS:
                return
            # Without a total nobody knows how far it is: it never comes to an end by itself, and always goes on.
            share = progress / total if total else progress / (1 + abs(progress))
            tell(min(max(share, 0.0), 1.0), plain_line(message or "", _LONGEST_WORDS))

        # Not by `call_tool`, which checks the answer against the server's own schema: see `offered_parameters`.
        request = CallToolRequest(params=CallToolRequestParams(name=tool, arguments=arguments))
        asked = self._client.session.send_request(
            request, CallToolResult, request_read_timeout_seconds=seconds, progress_callback=told
        )
        result = await self._told(asked)
        blocks = [block.model_dump(by_alias=True, mode="json", exclude_none=True) for block in result.content]
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

    async def prompt(self, name: str, arguments: Mapping[str, str]) -> Items:
        """A prompt, as messages of MCP. Raises Gone, ToolFailed."""
        return await messages(self._client.session, self._told, name, arguments)

    async def complete(self, kind: str, name: str, argument: str, begun: str) -> Sequence[str]:
        """Words for an argument of a prompt or a template. Raises Gone."""
        return await completions(self._client.session, self._told, kind, name, argument, begun)

    async def _told(self, asked: Awaitable[Page]) -> Page:
        try:
            return await asked
        except MCPError as error:
            words = plain_line(error.error.message, _LONGEST_ERROR)
            if (error.error.code, words) in _ENDS:
                raise Gone(f"The server {self._name} is gone.") from None
            raise ToolFailed(f"The server {self._name} says: {words}", None) from None
        except (ValidationError, RuntimeError):
            # So the SDK says that it is asked for what nobody here has offered, like a question to the user.
            raise ToolFailed(f"The server {self._name} has answered what is no answer.", None) from None


@asynccontextmanager
async def connected(name: str, transport: Transport, seconds: float) -> AsyncGenerator[Connection]:
    """Raises Gone where it does not take part; `seconds` are for each of its answers."""
    changed = asyncio.Event()

    async def heard(message: IncomingMessage) -> None:
        if isinstance(message, ToolListChangedNotification):
            changed.set()

    client = Client(
        transport,
        read_timeout_seconds=seconds,
        message_handler=heard,
        client_info=Implementation(name="triforce", version=VERSION),
        cache=None,
    )
    try:
        async with client:
            yield Connection(name, client, changed)
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
