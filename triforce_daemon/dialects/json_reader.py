"""What the readers of all dialects do alike: pieces out of bytes, JSON objects out of pieces, the rest counted."""

from typing import Any, Protocol, cast

import orjson

from triforce_daemon.dialects.canonical import Event


class Cutter(Protocol):
    """Cuts a stream into pieces that are one JSON text each."""

    def feed(self, chunk: bytes) -> list[bytes]: ...

    def end(self) -> list[bytes]: ...


class JsonReader:
    """A `StreamReader` but for `_read`, which says what an object of the stream means."""

    complete: bool
    malformed: int

    def __init__(self, cutter: Cutter) -> None:
        self.complete = False
        self.malformed = 0
        self._cutter = cutter
        #: What comes from now on does not count.
        self._over = False

    def feed(self, chunk: bytes) -> list[Event]:
        """The events that are whole now. Raises UpstreamFailed for a line or an event that does not end."""
        events: list[Event] = []
        for piece in self._cutter.feed(chunk):
            if not self._over:
                self._decode(piece, events)
        return events

    def end(self) -> list[Event]:
        """The upstream closed its stream: what was still waiting."""
        events: list[Event] = []
        for piece in self._cutter.end():
            if not self._over:
                self._decode(piece, events)
        self._close(events)
        return events

    def _decode(self, piece: bytes, events: list[Event]) -> None:
        try:
            value = orjson.loads(piece)
        except orjson.JSONDecodeError:
            value = None
        if isinstance(value, dict):
            self._read(cast(dict[str, Any], value), events)
        else:
            self.malformed += 1

    def _read(self, value: dict[str, Any], events: list[Event]) -> None:
        """Add what the object says to `events`."""
        raise NotImplementedError

    def _close(self, events: list[Event]) -> None:
        """Add what waited for the end."""
