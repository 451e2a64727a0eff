"""What each wire format can write: a whole answer, a stream of events, and the pieces that faults are made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from tests.scriptable_upstream.script import Script
from tests.scriptable_upstream.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request shows in the answer."""

    model: str
    stream: bool = False
    include_usage: bool = False
    body: Mapping[str, Any] = field(default_factory=dict[str, Any])


class Wire(Protocol):
    """A provider's format. The last event of a stream is the one that says that the answer is complete."""

    #: Of streams; whole answers are application/json.
    media_type: ClassVar[str]
    #: How many events come before the first text of a plain answer.
    opening: ClassVar[int]

    def whole(self, script: Script, asked: Asked, stamp: Stamp) -> bytes: ...

    def stream(self, script: Script, asked: Asked, stamp: Stamp) -> list[bytes]: ...

    def delta(self, text: str, asked: Asked, stamp: Stamp) -> bytes:
        """The event that brings a piece of plain text."""
        ...

    def failure(self, asked: Asked, stamp: Stamp) -> bytes:
        """The event that tells of an error in the middle of a stream."""
        ...


def event(data: bytes, name: str | None = None) -> bytes:
    """A server-sent event."""
    return b"data: %b\n\n" % data if name is None else b"event: %b\ndata: %b\n\n" % (name.encode(), data)
