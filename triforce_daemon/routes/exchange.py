"""One request and its answer, for the routes that speak ASGI themselves: streams, and whatever must be fast."""

from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.presence import Presence
from triforce_daemon.dialects import sse
from triforce_daemon.errors import InvalidJson, PayloadTooLarge, UnsupportedEncoding
from triforce_daemon.routes.json_body import read_json
from triforce_daemon.routes.parts import Parts
from triforce_daemon.routes.watched import ClientGone, Watched
from triforce_daemon.runtime.hang_up import HangUp
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.outbox import Outbox

Part = TypeVar("Part")

SSE = "text/event-stream"
#: A client that hears nothing for this long is told that the daemon is still there.
KEEP_ALIVE_SECONDS = 15.0


class Exchange:
    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        state = scope["state"]
        self._parts: Parts = state["parts"]
        self._hang_up: HangUp | None = state.get("hang_up")
        self._headers: dict[bytes, bytes] = dict(scope["headers"])
        self.caller: Caller = state["caller"]
        self.request_id: str = state["request_id"]
        self.path: dict[str, str] = scope.get("path_params", {})
        self.started = False
        #: How many bytes the request's body had.
        self.read_bytes = 0

    def part(self, kind: type[Part]) -> Part:
        return self._parts.get(kind)

    def header(self, name: bytes) -> bytes | None:
        """A header of the request, by its name in small letters."""
        return self._headers.get(name)

    def has_none_of(self, names: frozenset[bytes]) -> bool:
        """Whether the request came without all of these headers, in small letters."""
        return names.isdisjoint(self._headers)

    @property
    def sent_headers(self) -> Sequence[tuple[bytes, bytes]]:
        """The request's headers as they came, also those that came twice, without the blanks around their values."""
        return [(name, value.strip(b" \t")) for name, value in self._scope["headers"]]

    def query(self, name: str) -> str | None:
        """A parameter of the address; of several the last."""
        return dict(parse_qsl(self._scope["query_string"].decode("latin-1"))).get(name)

    async def hand_over(self, app: ASGIApp, body: bytes | None = None) -> None:
        """Have another ASGI app answer; `body` is the request's, where it was read already."""
        waiting = [] if body is None else [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return waiting.pop() if waiting else await self._receive()

        async def send(message: Message) -> None:
            self.started = True
            await self._send(message)

        await app({**self._scope, "headers": self.sent_headers}, receive, send)

    @property
    def _length(self) -> int:
        return int(self._headers.get(b"content-length", b"0"))

    @property
    def has_body(self) -> bool:
        # One that comes in chunks does not say how long it is.
        return self._length > 0 or b"transfer-encoding" in self._headers

    async def body(self) -> bytes:
        """The request's body. Raises PayloadTooLarge, UnsupportedEncoding, ClientGone."""
        refuse_encoded(self._headers.get(b"content-encoding"))
        limit = self._parts.max_body_bytes
        if self._length > limit:
            raise too_large(limit)
        body, more = _piece(await self._receive())
        if more:
            # It is not copied for each of its pieces.
            gathered = bytearray(body)
            while more:
                if len(gathered) > limit:
                    raise too_large(limit)
                piece, more = _piece(await self._receive())
                gathered += piece
            body = bytes(gathered)
        if len(body) > limit:
            raise too_large(limit)
        self.read_bytes = len(body)
        return body

    async def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises InvalidJson, PayloadTooLarge, UnsupportedEncoding, ClientGone."""
        value = read_json(await self.body())
        if not isinstance(value, dict):
            raise InvalidJson("The request is JSON, but not an object.", "Send one JSON object.")
        return cast(dict[str, Any], value)

    async def reply(self, status: int, content: bytes, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        """Answer with one JSON document."""
        kind = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": [*kind, *headers]})
        await self._send({"type": "http.response.body", "body": content})

    def start_stream(self, headers: Sequence[tuple[bytes, bytes]] = (), content_type: str = SSE) -> Awaitable[None]:
        kind = (b"content-type", f"{content_type}; charset=utf-8".encode())
        self.started = True
        return self._send({"type": "http.response.start", "status": 200, "headers": [kind, *headers]})

    def write(self, content: bytes) -> Awaitable[None]:
        return self._send({"type": "http.response.body", "body": content, "more_body": True})

    def end_stream(self, content: bytes = b"") -> Awaitable[None]:
        return self._send({"type": "http.response.body", "body": content})

    def watched(self) -> Watched:
        """What runs inside ends when nobody waits for it. The body must have been read before."""
        parts = self._parts
        return Watched(self._hang_up or HangUp(), parts.get(Lifecycle), parts.get(Presence), self.caller)

    def admitted(self, *, endless: bool = False) -> Watched:
        """The same for what looks after its client by itself: it ends where the caller may not ask any more.

        `endless`: it also ends as soon as the daemon drains.
        """
        return Watched(HangUp(), self.part(Lifecycle), self.part(Presence), self.caller, endless=endless)

    @asynccontextmanager
    async def events(self) -> AsyncGenerator[Outbox]:
        """A box whose events are sent as an event stream, which begins with the first of them."""
        outbox = Outbox()
        pump = self.part(Tasks).start(self._pump(outbox), "event stream")
        try:
            yield outbox
        finally:
            outbox.close()
            await pump

    async def _pump(self, outbox: Outbox) -> None:
        async for batch in outbox.batches(KEEP_ALIVE_SECONDS):
            if not self.started:
                await self.start_stream()
            await self.write(b"".join(sse.event(one) for one in batch) or sse.COMMENT)
        if self.started:
            await self.end_stream()


def _piece(message: Message) -> tuple[bytes, bool]:
    """What has come of the body, and whether there is more. Raises ClientGone."""
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message.get("body", b""), message.get("more_body", False)


def too_large(limit: int) -> PayloadTooLarge:
    """What a request of more than `limit` bytes is told."""
    return PayloadTooLarge(
        f"The request is larger than {limit:,} bytes.", "Send less, or raise the setting daemon.max_body_bytes."
    )


def refuse_encoded(coding: bytes | None) -> None:
    """Raises UnsupportedEncoding for a body that would have to be unpacked: nobody knows how large it becomes."""
    if coding is not None and coding.lower() != b"identity":
        raise UnsupportedEncoding("The request's body is compressed.", "Send it as it is, without Content-Encoding.")
