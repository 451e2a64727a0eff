"""Server-sent events (WHATWG HTML, 9.2), as bytes: cut out of a stream however the network splits it."""

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


_BLANK_LINES = (b"\n\n", b"\r\n\r\n", b"\r\r")


def _end_of_last_event(text: bytes) -> int:
    return max(text.rfind(blank) + len(blank) if blank in text else 0 for blank in _BLANK_LINES)


def _end_of_first_event(text: bytes, start: int) -> int:
    ends = [place + len(blank) for blank in _BLANK_LINES if (place := text.find(blank, start)) >= 0]
    return min(ends) if ends else len(text)
