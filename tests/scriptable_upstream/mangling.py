"""Faults in the body: what is put in, left out, cut short or made far too large."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.scriptable_upstream.behaviour import Behaviour
from tests.scriptable_upstream.stamps import Stamp
from tests.scriptable_upstream.wires.wire import Asked, Wire

BLOCK = 1 << 16
BATCH = 1000
MARK = "@here@"


@dataclass(frozen=True, slots=True)
class Repeated:
    """Bytes too many to be built at once: `unit`, so many times, between two others."""

    before: bytes
    unit: bytes
    times: int
    after: bytes

    def blocks(self) -> Iterator[bytes]:
        yield self.before
        yield from (self.unit for _ in range(self.times))
        yield self.after


@dataclass(frozen=True, slots=True)
class Makings:
    """What faults in a body of a given format are made of."""

    wire: Wire
    asked: Asked
    stamp: Stamp

    def delta(self, text: str) -> bytes:
        return self.wire.delta(text, self.asked, self.stamp)

    def failure(self) -> bytes:
        return self.wire.failure(self.asked, self.stamp)

    def malformed(self) -> bytes:
        """An event that breaks off in the middle of its JSON."""
        whole = self.delta("never to be read")
        kept = whole.rstrip()
        return kept[: len(kept) * 2 // 3] + whole[len(kept) :]

    def bad_utf8(self) -> bytes:
        return self.delta(MARK).replace(MARK.encode(), b"\xff\xc3\x28")

    def comment(self) -> bytes:
        return b"\n" if "ndjson" in self.wire.media_type else b": keep-alive\n\n"

    def huge(self, size: int) -> Repeated:
        before, after = self.delta(MARK).split(MARK.encode())
        return Repeated(before + b"x" * (size % BLOCK), b"x" * BLOCK, size // BLOCK, after)

    def tiny(self, count: int) -> Repeated:
        event = self.delta(".")
        return Repeated(event * (count % BATCH), event * BATCH, count // BATCH, b"")


def mangled(events: tuple[bytes, ...], behaviour: Behaviour, makings: Makings) -> Iterator[bytes | Repeated]:
    """The events of a stream as this behaviour sends them."""
    for event in _spoiled(events, behaviour, makings):
        yield _with_carriage_returns(event) if behaviour.crlf and isinstance(event, bytes) else event


def _spoiled(events: tuple[bytes, ...], behaviour: Behaviour, makings: Makings) -> Iterator[bytes | Repeated]:
    kept = events[:-1] if behaviour.no_terminator else events
    for number, event in enumerate(kept):
        if number == behaviour.error_in_stream_at:
            break
        yield from _before(number, behaviour, makings)
        yield event
    if behaviour.error_in_stream_at is not None:
        yield makings.failure()


def _before(number: int, behaviour: Behaviour, makings: Makings) -> Iterator[bytes | Repeated]:
    if number == behaviour.malformed_at:
        yield makings.malformed()
    if number == behaviour.bad_utf8_at:
        yield makings.bad_utf8()
    if behaviour.comments:
        yield makings.comment()
    if number == makings.wire.opening:
        if behaviour.blown_up is not None:
            yield makings.huge(behaviour.blown_up)
        if behaviour.tiny_events is not None:
            yield makings.tiny(behaviour.tiny_events)


def mangled_whole(body: bytes, behaviour: Behaviour) -> Iterator[bytes | Repeated]:
    """A whole body as this behaviour sends it: where it would be an event of a stream, the fault is in the middle."""
    half = len(body) // 2
    if behaviour.malformed_at is not None:
        body = body[:half]
    if behaviour.bad_utf8_at is not None:
        body = body[:half] + b"\xff\xc3\x28" + body[half:]
    size = behaviour.blown_up
    if size is not None:
        yield Repeated(b" " * (size % BLOCK), b" " * BLOCK, size // BLOCK, body)
    else:
        yield body


def _with_carriage_returns(event: bytes) -> bytes:
    return event.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
