"""Pools of connections that tell a fresh connection from one that has carried an answer before.

A server may close an idle connection at the very moment in which a request is written to it. Nobody has then read the
request, and it may be sent again; on a fresh connection the same failure may mean that the request did harm.
"""

from contextvars import ContextVar
from weakref import WeakSet

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

#: Whether the last connection that was handed to this task is a used one.
reused: ContextVar[bool] = ContextVar("reused", default=False)


class TcpPool(aiohttp.TCPConnector):
    """Without an upper limit: how many requests run at the same time is decided elsewhere."""

    def __init__(self) -> None:
        super().__init__(limit=0)  # pyright: ignore[reportUnknownMemberType]
        self._seen: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        return _noted(self._seen, await super().connect(req, traces, timeout))


class UnixPool(aiohttp.UnixConnector):
    def __init__(self, path: str) -> None:
        super().__init__(path, limit=0)
        self._seen: WeakSet[ResponseHandler] = WeakSet()

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Trace], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        return _noted(self._seen, await super().connect(req, traces, timeout))


def _noted(seen: WeakSet[ResponseHandler], connection: Connection) -> Connection:
    protocol = connection.protocol
    reused.set(protocol in seen)
    if protocol is not None:
        seen.add(protocol)
    return connection
