"""How an answer is taken in and handed on: whole, as the client's bytes, or as events.

Each way has a part that the client does not see yet: until `begins` says so, another candidate may still take over.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Protocol

import orjson

from triforce_daemon.dialects.canonical import Event, Request, Usage
from triforce_daemon.dialects.dialect import Dialect, StreamReader, Watch
from triforce_daemon.dialects.fields import Json
from triforce_daemon.dialects.gathering import Gathering
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Reply
from triforce_daemon.services.routing.whole_body import read_whole
from triforce_daemon.services.translation import VISIBLE, Translation

#: So much is held back of a stream that shows nothing yet; after that it is passed on as it comes.
HELD_CHUNKS = 64
HELD_BYTES = 256 << 10

Ticks = Callable[[], float]


class Delivery(Protocol):
    @property
    def usage(self) -> Usage | None:
        """What the provider has told of it so far."""
        ...

    @property
    def pieces(self) -> int:
        """How many visible pieces have come."""
        ...

    @property
    def began(self) -> float | None:
        """When the first of them came, in ticks."""
        ...

    async def begins(self, reply: Reply) -> bool:
        """Take in one piece more; whether the client may see something by now.

        Raises UpstreamFailed, UpstreamTimeout.
        """
        ...


class Room:
    """What may be held back of a stream that shows nothing yet."""

    _chunks = HELD_CHUNKS
    _bytes = HELD_BYTES

    def full_with(self, piece: bytes) -> bool:
        """Whether nothing more is held back after this piece."""
        self._chunks -= 1
        self._bytes -= len(piece)
        return self._chunks <= 0 or self._bytes <= 0


class Whole:
    """An answer in one piece: nothing is seen of it before all of it is here."""

    # It is not seen to begin, and has no pieces.
    pieces = 0
    began: float | None = None

    def __init__(self, upstream: Dialect, client: Dialect, request: Request, floor_seconds: float) -> None:
        """`floor_seconds`: how long a body that has begun may come slower than one byte a millisecond."""
        self._upstream = upstream
        self._client = client
        self._request = request
        self._floor_seconds = floor_seconds
        self.usage: Usage | None = None
        self.content = b""

    async def begins(self, reply: Reply) -> bool:
        """All of it is one piece."""
        content = await read_whole(reply, self._floor_seconds)
        document = json_object(content)
        self.usage = self._upstream.read_usage(document)
        self.content = content if self._client.name == self._upstream.name else self._translated(document)
        return True

    def _translated(self, document: dict[str, Any]) -> bytes:
        return orjson.dumps(self._client.write_answer(self._upstream.read_answer(document), self._request))


class Told:
    """Events, for the daemon itself."""

    def __init__(self, reader: StreamReader, ticks: Ticks) -> None:
        self._reader = reader
        self._ticks = ticks
        self._held: list[Event] = []
        self._room = Room()
        self._reply: Reply | None = None
        self.usage: Usage | None = None
        self.pieces = 0
        self.began: float | None = None

    async def begins(self, reply: Reply) -> bool:
        self._reply = reply
        piece = await reply.piece()
        self._held += self._noted(self._reader.feed(piece)) if piece else self._last()
        return bool(self.pieces) or self._reader.complete or self._room.full_with(piece)

    async def events(self) -> AsyncGenerator[Event]:
        """The answer piece by piece. Raises UpstreamFailed where it fails or breaks off before its end."""
        assert self._reply is not None
        for event in self._held:
            yield event
        while not self._reader.complete:
            piece = await self._reply.piece()
            for event in self._noted(self._reader.feed(piece)) if piece else self._last():
                yield event

    def _last(self) -> list[Event]:
        rest = self._noted(self._reader.end())
        if not self._reader.complete:
            raise broken_off()
        return rest

    def _noted(self, events: list[Event]) -> list[Event]:
        for event in events:
            if event["type"] in VISIBLE:
                self.pieces += 1
                if self.began is None:
                    self.began = self._ticks()
            elif event["type"] == "usage":
                self.usage = event["usage"]
            elif event["type"] == "failed":
                raise UpstreamFailed(f"The provider failed: {event['message']}", "Try again, or try another model.")
        return events


class Gathered(Told):
    """A whole answer out of a stream, for an upstream that only streams."""

    def __init__(self, reader: StreamReader, ticks: Ticks, client: Dialect, request: Request) -> None:
        super().__init__(reader, ticks)
        self._client = client
        self._request = request
        self.content = b""

    async def begins(self, reply: Reply) -> bool:
        """All of it is one piece."""
        while not await super().begins(reply):
            pass
        gathering = Gathering()
        async with aclosing(self.events()) as events:
            async for event in events:
                gathering.take(event)
        self.content = orjson.dumps(self._client.write_answer(gathering.answer, self._request))
        return True


class Streamed:
    """The client's bytes, but for their end, which waits in `end`."""

    began: float | None = None
    _held = b""
    _reply: Reply | None = None

    def __init__(self, watch: Watch | Translation, ticks: Ticks) -> None:
        self.watch = watch
        self._ticks = ticks
        self._room = Room()

    @property
    def usage(self) -> Usage | None:
        return self.watch.usage

    @property
    def pieces(self) -> int:
        return self.watch.pieces

    @property
    def end(self) -> bytes:
        return self.watch.end

    async def begins(self, reply: Reply) -> bool:
        self._reply = reply
        piece = await reply.piece()
        self._held += self._fed(piece) if piece else self._last()
        return self.watch.begun or self.watch.ended or self._room.full_with(piece)

    async def next(self) -> bytes:
        """What the client gets next; nothing where only the end is left.

        Raises UpstreamFailed where the stream fails or breaks off before its end.
        """
        if self._held:
            ready, self._held = self._held, b""
            return ready
        reply, watch = self._reply, self.watch
        assert reply is not None
        while not watch.ended:
            piece = await reply.piece()
            if ready := self._fed(piece) if piece else self._last():
                return ready
        return b""

    def _fed(self, chunk: bytes) -> bytes:
        watch = self.watch
        ready = watch.feed(chunk)
        if self.began is None and watch.begun:
            self.began = self._ticks()
        if watch.error is not None:
            raise watch.error.apart()
        return ready

    def _last(self) -> bytes:
        """The upstream has closed: what it had not finished saying."""
        rest = self.watch.rest()
        if not self.watch.ended or self.watch.error is not None:
            raise self.watch.error.apart() if self.watch.error is not None else broken_off()
        return rest


def broken_off() -> UpstreamFailed:
    return UpstreamFailed("The answer broke off before its end.", "Send the request again.")


def json_object(content: bytes) -> dict[str, Any]:
    """A JSON object of a provider. Raises UpstreamFailed for anything else."""
    value: Json
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise UpstreamFailed("The provider sent something that is not a JSON object.", "Try again.")
    return value
