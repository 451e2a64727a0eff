"""Plays an answer onto a connection, with its pace and all that goes wrong on the way."""

import asyncio
import random
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from tests.scriptable_upstream.answers import LAST_CHUNK, Answer, chunk
from tests.scriptable_upstream.behaviour import Behaviour, Cut, Place
from tests.scriptable_upstream.mangling import Repeated
from tests.scriptable_upstream.records import Recorded

INFORMATIONAL = b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
TRAILERS = b"0\r\nX-Checksum: 5d41402a\r\nServer-Timing: total;dur=12\r\n\r\n"
#: A slow body is sent in so many pieces per second, unless it is slower than that.
DRIPS = 50
SEEDED_SIZES = range(1, 17)


class Line(Protocol):
    """The connection as a performance sees it."""

    def write(self, data: bytes) -> None: ...

    async def drain(self) -> None:
        """Until the other side has taken most of what was written."""
        ...

    async def cut(self, how: Cut) -> None:
        """Ends the connection once what was written is delivered."""
        ...


class _CutHere(Exception):
    pass


@dataclass
class Performance:
    """One answer: `body` are its events as they shall be sent, which a fault may have made others than the answer's."""

    answer: Answer
    body: Iterable[bytes | Repeated]
    behaviour: Behaviour
    line: Line
    record: Recorded

    async def play(self) -> None:
        """Returns when all is sent or the connection is cut; the record then knows which."""
        await _pause(self.behaviour.delay)
        if self.behaviour.no_answer:
            await self._cut()
            return
        await self._send_head()
        await _pause(self.behaviour.first)
        try:
            await self._send_body()
        except _CutHere:
            if self.behaviour.cut != "end":
                await self._cut()
                return
        await self._send_end()

    async def _cut(self) -> None:
        self.record.end("cut")
        await self.line.cut(self.behaviour.cut or "rst")

    # The head

    async def _send_head(self) -> None:
        behaviour = self.behaviour
        if behaviour.informational:
            self.line.write(INFORMATIONAL)
        self._coding = zlib.compressobj(wbits=31) if behaviour.packed else None
        said = [("Content-Encoding", "gzip")] if self._coding else []
        if behaviour.trailers:
            said.append(("Trailer", "X-Checksum, Server-Timing"))
        if behaviour.close:
            said.append(("Connection", "close"))
        said.append(self._framing())
        self.line.write(self.answer.head(*said))

    def _framing(self) -> tuple[str, str]:
        wrong, behaviour = self.behaviour.wrong_length, self.behaviour
        whole = not (self.answer.streamed or behaviour.trailers or self._coding)
        self._chunked = wrong is None and not whole
        if self._chunked:
            return "Transfer-Encoding", "chunked"
        self.body = list(self.body)
        return "Content-Length", str(max(sum(map(_size, self.body)) + (wrong or 0), 0))

    # The body

    async def _send_body(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        await self._reached()
        for number, event in enumerate(self.body):
            if number and self.behaviour.every:
                # By the clock, not by the pause, so that the pace holds whatever sending costs.
                due += self.behaviour.every
                await asyncio.sleep(max(due - loop.time(), 0))
            for block in event.blocks() if isinstance(event, Repeated) else (event,):
                await self._send_payload(block)
            self.record.events_sent += 1
            await self._reached(whole_event=True)

    async def _send_payload(self, data: bytes) -> None:
        """A part of the body, in two where a fault is set at a byte within it."""
        for part in self._cut_at_places(data):
            await self._send_coded(part if self._coding is None else self._compressed(part))
            self.record.bytes_sent += len(part)
            await self._reached()

    def _compressed(self, data: bytes) -> bytes:
        assert self._coding is not None
        return self._coding.compress(data) + self._coding.flush(zlib.Z_SYNC_FLUSH)

    def _cut_at_places(self, data: bytes) -> Iterator[bytes]:
        places = [place for place in (self.behaviour.cut_after, self.behaviour.stall_after) if place]
        ahead = sorted(place.count - self.record.bytes_sent for place in places if place.unit == "bytes")
        marks = [mark for mark in ahead if 0 < mark < len(data)]
        for start, end in zip([0, *marks], [*marks, len(data)], strict=True):
            yield data[start:end]

    async def _reached(self, whole_event: bool = False) -> None:
        """Stalls or raises where a fault is set at this place."""
        if self._at(self.behaviour.stall_after, whole_event):
            await (asyncio.Event().wait() if self.behaviour.stall is None else asyncio.sleep(self.behaviour.stall))
        if self._at(self.behaviour.cut_after, whole_event):
            raise _CutHere

    def _at(self, place: Place | None, whole_event: bool) -> bool:
        if place is None:
            return False
        if place.unit == "bytes":
            return not whole_event and self.record.bytes_sent == place.count
        at_start = self.record.bytes_sent == 0 == self.record.events_sent
        return (whole_event or at_start) and self.record.events_sent == place.count

    async def _send_coded(self, data: bytes) -> None:
        for piece in self._pieces(data):
            if piece:
                self.line.write(chunk(piece) if self._chunked else piece)
            if self.behaviour.drip:
                await asyncio.sleep(len(piece) / self.behaviour.drip)
            elif self.behaviour.split:
                # Written in a turn of the loop of its own, else several would leave together.
                await asyncio.sleep(0)
            await self.line.drain()

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        split, drip = self.behaviour.split, self.behaviour.drip
        if split == "seeded":
            yield from _seeded(data)
            return
        size = split or (max(int(drip / DRIPS), 1) if drip else len(data)) or 1
        yield from (data[start : start + size] for start in range(0, len(data), size))

    # The end

    async def _send_end(self) -> None:
        if self._coding is not None:
            await self._send_coded(self._coding.flush(zlib.Z_FINISH))
        if self._chunked:
            self.line.write(TRAILERS if self.behaviour.trailers else LAST_CHUNK)
        behaviour = self.behaviour
        self.record.end("cut" if (behaviour.wrong_length or 0) > 0 else "answered")
        if behaviour.close or behaviour.drop or (behaviour.wrong_length or 0) > 0:
            await self.line.cut("fin")


async def _pause(seconds: float | None) -> None:
    if seconds:
        await asyncio.sleep(seconds)


def _size(event: bytes | Repeated) -> int:
    if isinstance(event, bytes):
        return len(event)
    return len(event.before) + len(event.unit) * event.times + len(event.after)


def _seeded(data: bytes) -> Iterator[bytes]:
    """In pieces of odd sizes, the same ones for the same bytes."""
    sizes, start = random.Random(len(data)), 0
    while start < len(data):
        size = sizes.choice(SEEDED_SIZES)
        yield data[start : start + size]
        start += size
