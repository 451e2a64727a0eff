"""The least that a Python gateway can do: an ASGI app that checks a key and passes bytes through. What ours is held to.

UPSTREAM_PORT=… uvicorn benchmarks.bare_proxy:app
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from typing import Any, cast

import httptools

KEY = b"Bearer bare"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Upstream(asyncio.Protocol):
    """A connection without limits of any kind; it only ever meets a server that behaves."""

    def __init__(self) -> None:
        self._woken: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def begin(self, request: list[bytes]) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.kind = b"application/json"
        self.begun = self.ended = False
        self._pieces: list[bytes] = []
        self._transport.writelines(request)

    async def wait(self) -> None:
        self._woken = asyncio.get_running_loop().create_future()
        await self._woken

    async def body(self) -> AsyncGenerator[bytes]:
        while True:
            if self._pieces:
                yield b"".join(self._pieces)
                self._pieces.clear()
            elif self.ended:
                return
            else:
                await self.wait()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"content-type":
            self.kind = value

    def on_headers_complete(self) -> None:
        self.begun = True

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        self.ended = True


_idle: list[Upstream] = []
_port = int(os.environ.get("UPSTREAM_PORT", "0"))
_HEAD = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


async def app(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] != "http":
        return
    if dict(scope["headers"]).get(b"authorization") != KEY:
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await _pass_on(scope["path"].encode(), body, send)


async def _pass_on(path: bytes, body: bytes, send: Send) -> None:
    if _idle:
        upstream = _idle.pop()
    else:
        _, upstream = await asyncio.get_running_loop().create_connection(Upstream, "127.0.0.1", _port)
    upstream.begin([_HEAD % (path, len(body)), body])
    while not upstream.begun:
        await upstream.wait()
    streams = upstream.kind == b"text/event-stream"
    headers = [(b"content-type", upstream.kind)]
    if streams:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async for piece in upstream.body():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    else:
        whole = b"".join([piece async for piece in upstream.body()])
        headers.append((b"content-length", b"%d" % len(whole)))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": whole})
    _idle.append(upstream)
