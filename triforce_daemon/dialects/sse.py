"""Server-sent events (WHATWG HTML, 9.2), as bytes: cut out of a stream however the network splits it."""

import re

from triforce_daemon.errors import UpstreamFailed

#: No provider sends an event of this size; who does is broken or hostile.
EVENT_LIMIT = 8 << 20


def event(data: bytes) -> bytes:
    """One event that carries `data`, which holds no line break (JSON does not)."""
    return b"data: " + data + b"\n\n"


COMMENT = b": ping\n\n"


class Splitter:
    """Cuts a stream into whole events."""

    def __init__(self) -> None:
        self._rest = b""

    @property
    def rest(self) -> bytes:
        """What has come of an event that is not whole yet."""
        return self._rest

    def feed(self, chunk: bytes) -> bytes:
        """The bytes up to the end of the last whole event, as they came; the rest waits. Raises UpstreamFailed."""
        waiting = self._rest + chunk if self._rest else chunk
        cut = _end_of_last_event(waiting)
        self._rest = waiting[cut:]
        if len(self._rest) > EVENT_LIMIT:
            raise UpstreamFailed("The provider sent an event that does not end.", "Try again, or try another model.")
        return waiting[:cut]


def split(events: bytes) -> list[bytes]:
    """Whole events, each with its closing blank line."""
    found: list[bytes] = []
    start = 0
    while start < len(events):
        end = _end_of_first_event(events, start)
        found.append(events[start:end])
        start = end
    return found


def data_of(one: bytes) -> bytes | None:
    """The data of one event, its lines joined; None where it has none (a comment, a lone `event:` line)."""
    lines = [
        line[5:].removeprefix(b" ")
        for line in one.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if line.startswith(b"data:")
    ]
    return b"\n".join(lines) if lines else None


#: The end of a line and the end of an empty one, each written in any of three ways. A carriage return at the very end
#: ends an event at once: should its line feed follow, it stands before the next event and means nothing.
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")


def _end_of_last_event(text: bytes) -> int:
    if b"\r" not in text:
        return text.rfind(b"\n\n") + 2 if b"\n\n" in text else 0
    end = 0
    for blank in _BLANK_LINE.finditer(text):
        end = blank.end()
    return end


def _end_of_first_event(text: bytes, start: int) -> int:
    if b"\r" not in text:
        end = text.find(b"\n\n", start)
        return end + 2 if end >= 0 else len(text)
    blank = _BLANK_LINE.search(text, start)
    return blank.end() if blank else len(text)
