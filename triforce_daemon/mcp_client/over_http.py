"""The SDK's HTTP requests to a mounted server, sent by the daemon's one way out."""

from collections.abc import AsyncIterator

import httpx2

from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound.client import Outbound, Reply, Timeouts

#: An answer may be a picture, and no film.
BODY_BYTES = 16 << 20
#: Written by the way out itself, or about one connection alone.
_ITS_OWN = frozenset({"host", "accept-encoding", "connection", "content-length", "transfer-encoding"})


class OutboundTransport(httpx2.AsyncBaseTransport):
    def __init__(self, outbound: Outbound, seconds: float) -> None:
        """`seconds`: how long an answer may take to begin."""
        self._outbound = outbound
        self._timeouts = Timeouts(first_byte=seconds, idle=None)
        #: A stream of events that nobody has asked anything on begins when there is something to tell.
        self._of_listening = Timeouts(first_byte=None, idle=None)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _ITS_OWN}
        timeouts = self._of_listening if request.method == "GET" else self._timeouts
        body = await request.aread()
        try:
            reply = await self._outbound.send(
                request.method, str(request.url), headers=headers, body=body or None, timeouts=timeouts
            )
        except UpstreamFailed as error:
            raise httpx2.ConnectError(error.message, request=request) from None
        except UpstreamTimeout as error:
            raise httpx2.ReadTimeout(error.message, request=request) from None
        return httpx2.Response(reply.status, headers=list(reply.headers.items()), stream=_Body(reply), request=request)


class _Body(httpx2.AsyncByteStream):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        #: Of events each is bounded by itself, by the SDK; a stream of them has no end.
        self._endless = reply.headers.get("content-type", "").startswith("text/event-stream")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        try:
            async for piece in self._reply.chunks():
                size += len(piece)
                if size > BODY_BYTES and not self._endless:
                    raise httpx2.ReadError(f"more than {BODY_BYTES:,} bytes")
                yield piece
        except UpstreamFailed as error:
            raise httpx2.ReadError(error.message) from None
        except UpstreamTimeout as error:
            raise httpx2.ReadTimeout(error.message) from None

    async def aclose(self) -> None:
        self._reply.close()
