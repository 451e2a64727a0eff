"""Says to a mounted server what can be asked: in each request of whoever it is sent for, or once for all."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self

from mcp.client._transport import Transport, TransportStreams, WriteStream
from mcp.shared.message import SessionMessage
from mcp_types import CLIENT_CAPABILITIES_META_KEY, JSONRPCRequest

from triforce_daemon.mcp_client.lines import Lines

#: In revisions with sessions, of which all callers share one. The folders that one of them works in are not told to a
#: server that would work in them for the others as well.
_OF_A_SESSION: Final[dict[str, Any]] = {"sampling": {}, "elicitation": {"form": {}}}


@asynccontextmanager
async def declaring(transport: Transport, lines: Lines) -> AsyncGenerator[TransportStreams]:
    """The same transport, on which each request says what its sender's caller can be asked."""
    async with transport as (read, write):
        yield read, _Declaring(write, lines)


class _Declaring:
    def __init__(self, write: WriteStream[SessionMessage], lines: Lines) -> None:
        self._write = write
        self._lines = lines

    async def send(self, item: SessionMessage, /) -> None:
        message = item.message
        if isinstance(message, JSONRPCRequest) and message.params is not None:
            self._declare(message.method, message.params)
        await self._write.send(item)

    async def aclose(self) -> None:
        await self._write.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool | None:
        await self.aclose()
        return None

    def _declare(self, method: str, params: dict[str, Any]) -> None:
        meta: Any = params.get("_meta")
        if method == "initialize":
            params["capabilities"] = _OF_A_SESSION
        elif isinstance(meta, dict) and CLIENT_CAPABILITIES_META_KEY in meta:
            line = self._lines.sending()
            meta[CLIENT_CAPABILITIES_META_KEY] = dict(line.capabilities) if line is not None else {}
