"""One request and its answer on a connection, as ASGI has them."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from starlette.types import ASGIApp, Message, Scope
from uvicorn.protocols.http.flow_control import FlowControl

from triforce_daemon.listeners.answer_head import write_head
from triforce_daemon.runtime.nobody import nobody

log = logging.getLogger(__name__)

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_CLOSE = b"connection: close\r\n"
_CHUNKED = b"transfer-encoding: chunked\r\n"
_LAST_CHUNK = b"0\r\n\r\n"
_FAILED: list[tuple[bytes, bytes]] = [
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", b"21"),
    (b"connection", b"close"),
]
_BODYLESS = (204, 304)


class Cycle:
    """Runs the app for one request.

    The head of an answer goes out with what comes first of its body: one packet, and one system call less. Where
    nobody knows how long the answer is, it waits at most until the loop turns.
    """

    __slots__ = (
        "_body",
        "_chunked",
        "_done",
        "_expects_continue",
        "_flow",
        "_heard",
        "_held",
        "_left",
        "_news",
        "_task",
        "_transport",
        "disconnected",
        "keep_alive",
        "more_body",
        "response_complete",
        "response_started",
        "scope",
    )

    def __init__(
        self,
        scope: Scope,
        transport: asyncio.WriteTransport,
        flow: FlowControl,
        done: Callable[[], None],
        *,
        keep_alive: bool,
        expects_continue: bool = False,
    ) -> None:
        """`done` is called when the answer is complete."""
        self.scope = scope
        self.keep_alive = keep_alive
        self.more_body = True
        self.disconnected = False
        self.response_started = False
        self.response_complete = False
        self._transport = transport
        self._flow = flow
        self._done = done
        self._expects_continue = expects_continue
        #: What has come of the request's body and was not asked for yet, and whether anything new is to be told.
        self._body: bytes | bytearray = b""
        self._news = False
        self._heard: asyncio.Event | None = None
        #: The answer's head as long as it waits, and how much is missing of a body whose length was told.
        self._held = b""
        self._left = 0
        self._chunked = False
        self._task: asyncio.Task[None] | None = None

    def start(self, app: ASGIApp, loop: asyncio.AbstractEventLoop, tasks: set[asyncio.Task[None]]) -> None:
        """Run `app` in a task, which is among `tasks` until it ends."""
        self._task = loop.create_task(self._run(app, tasks))
        tasks.add(self._task)

    def take(self, body: bytes) -> int:
        """A piece of the request's body has come; how much of it waits to be asked for."""
        if not self._body:
            self._body = body
        elif isinstance(self._body, bytearray):
            self._body += body
        else:
            self._body = bytearray(self._body + body)
        self._tell()
        return len(self._body)

    def taken(self) -> None:
        """The request's body is complete."""
        self.more_body = False
        self._tell()

    def leave(self) -> None:
        """The connection has ended."""
        self.disconnected = not self.response_complete
        self._tell()

    async def receive(self) -> Message:
        if self._expects_continue:
            self._expects_continue = False
            if not self._transport.is_closing():
                self._transport.write(_CONTINUE)
        if not self.disconnected and not self.response_complete:
            self._flow.resume_reading()
            if not self._news:
                await self._hear()
            self._news = False
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        body, self._body = self._body, b""
        return {"type": "http.request", "body": bytes(body), "more_body": self.more_body}

    async def send(self, message: Message) -> None:
        """Raises RuntimeError for what is no answer, or not the length that was told."""
        if self._flow.write_paused and not self.disconnected:
            await self._flow.drain()
        if self.disconnected:
            return
        kind = message["type"]
        if kind == "http.response.body" and self.response_started and not self.response_complete:
            self._send_body(message.get("body", b""), message.get("more_body", False))
        elif kind == "http.response.start" and not self.response_started:
            self._send_head(message["status"], message.get("headers", ()))
        else:
            raise RuntimeError(f"{kind} is no part of an answer here.")

    def _send_head(self, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        said = dict(headers)
        length = said.get(b"content-length")
        framing: list[bytes] = []
        if said.pop(b"connection", b"").lower() == b"close":
            self.keep_alive = False
            headers = [header for header in headers if header[0] != b"connection"]
        if not self.keep_alive:
            framing.append(_CLOSE)
        chunked = length is None and status not in _BODYLESS and self.scope["method"] != "HEAD"
        if chunked:
            framing.append(_CHUNKED)
        self._held = write_head(status, headers, framing)
        self._chunked, self._left = chunked, int(length or 0)
        self.response_started = True
        self._expects_continue = False
        if length is None:
            asyncio.get_running_loop().call_soon(self._flush)

    def _send_body(self, body: bytes, more: bool) -> None:
        if self._chunked:
            end = b"" if more else _LAST_CHUNK
            body = b"%x\r\n%b\r\n%b" % (len(body), body, end) if body else end
        elif self.scope["method"] == "HEAD":
            body, self._left = b"", 0
        else:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError(f"The answer's body and its Content-Length differ by {abs(self._left)} bytes.")
        self._write(body)
        if not more:
            self.response_complete = True
            self._tell()
            if not self.keep_alive:
                self._transport.close()
            self._done()

    def _write(self, body: bytes) -> None:
        if not self._held:
            # Python's own loop would wait for ever, from 3.12 on, to have sent nothing.
            if body:
                self._transport.write(body)
            return
        held, self._held = self._held, b""
        if body:
            self._transport.writelines((held, body))
        else:
            self._transport.write(held)

    def _flush(self) -> None:
        if self._held and not self.disconnected:
            self._write(b"")

    def _tell(self) -> None:
        self._news = True
        if self._heard is not None:
            self._heard.set()

    async def _hear(self) -> None:
        if self._heard is None:
            self._heard = asyncio.Event()
        await self._heard.wait()
        self._heard = None

    async def _run(self, app: ASGIApp, tasks: set[asyncio.Task[None]]) -> None:
        try:
            await app(self.scope, self.receive, self.send)
            if not self.response_complete and not self.disconnected:
                log.error("a request got no answer, or half of one", extra={"path": self.scope["path"]})
                await self._give_up()
        except BaseException as error:
            log.error("a request was not answered", exc_info=error)
            await self._give_up()
        finally:
            self._done = nobody
            if self._task is not None:
                tasks.discard(self._task)
                self._task = None

    async def _give_up(self) -> None:
        """End it where it stands: with an answer where none has begun."""
        if self.response_started:
            self._flush()
            self._transport.close()
            return
        await self.send({"type": "http.response.start", "status": 500, "headers": _FAILED})
        await self.send({"type": "http.response.body", "body": b"Internal Server Error"})
