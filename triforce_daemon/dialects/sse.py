"""Server-sent events (WHATWG HTML, 9.2), as bytes: cut out of a stream however the network splits it."""

import re

from triforce_daemon.dialects.lines import Lines
from triforce_daemon.errors import UpstreamFailed

#: No provider sends an event of this size; who does is broken or hostile.
EVENT_LIMIT = 8 << 20
STRAY_LIMIT = 64 << 10
#: What a line of plain JSON begins with.
_JSON = b'{}[]" \t'
#: As a number: Python takes three times as long to find out that bytes hold other bytes.
_RETURN = ord("\r")


def event(data: bytes) -> bytes:
    """One event that carries `data`, which holds no line break (JSON does not)."""
    return b"data: " + data + b"\n\n"


COMMENT = b": ping\n\n"


def endless() -> UpstreamFailed:
    return UpstreamFailed("The provider sent an event that does not end.", "Try again, or try another model.")


class Splitter:
    """Cuts a stream into whole events."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0

    @property
    def rest(self) -> bytes:
        """What has come of an event that is not whole yet."""
        return b"".join(self._waiting)

    def rest_begins_with(self, beginnings: tuple[bytes, ...]) -> bool:
        return bool(self._waiting) and self._waiting[0].lstrip().startswith(beginnings)

    def feed(self, chunk: bytes) -> bytes:
        """The bytes up to the end of the last whole event, as they came; the rest waits. Raises UpstreamFailed."""
        if not self._waiting and chunk.endswith(b"\n\n") and _RETURN not in chunk:
            # Most providers send whole events.
            return chunk
        if b"\n" not in chunk and _RETURN not in chunk:
            self._keep(chunk)
            return b""
        text = b"".join((*self._waiting, chunk)) if self._waiting else chunk
        cut = _end_of_last_event(text)
        self._waiting, self._size = [], 0
        self._keep(text[cut:])
        return text[:cut]

    def _keep(self, text: bytes) -> None:
        if text:
            self._waiting.append(text)
            self._size += len(text)
        if self._size > EVENT_LIMIT:
            raise endless()


class Events:
    """Reads a stream event by event: only the data counts.

    `stray` is what came that is no event at all: where a provider breaks off, it may tell why in plain JSON.
    """

    def __init__(self) -> None:
        self.stray = b""
        self._lines = Lines()
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of each event that is whole now. Raises UpstreamFailed for one that does not end."""
        found: list[bytes] = []
        for line in self._lines.feed(chunk):
            if line.startswith(b"data:"):
                self._take(line)
            elif not line and self._data:
                found.append(self._whole())
            elif line:
                self._keep_stray(line)
        return found

    def _take(self, line: bytes) -> None:
        self._data.append(line[6:] if line[5:6] == b" " else line[5:])
        self._size += len(line)
        if self._size > EVENT_LIMIT:
            raise UpstreamFailed("The provider sent an event that does not end.", "Try again, or try another model.")

    def end(self) -> list[bytes]:
        """The last event, where no blank line closed it."""
        for line in self._lines.end():
            if line.startswith(b"data:"):
                self._take(line)
            else:
                self._keep_stray(line)
        return [self._whole()] if self._data else []

    def _keep_stray(self, line: bytes) -> None:
        if line[0] in _JSON and len(self.stray) < STRAY_LIMIT:
            self.stray += line

    def _whole(self) -> bytes:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._data.clear()
        self._size = 0
        return data


def split(events: bytes) -> list[bytes]:
    """Whole events, each with its closing blank line."""
    if _RETURN not in events:
        return [one + b"\n\n" for one in events.removesuffix(b"\n\n").split(b"\n\n")] if events else []
    found: list[bytes] = []
    start = 0
    while start < len(events):
        end = _end_of_first_event(events, start)
        found.append(events[start:end])
        start = end
    return found


def start_of_event(events: bytes, place: int) -> int:
    """Where the event begins that `place` lies in."""
    if _RETURN not in events:
        blank = events.rfind(b"\n\n", 0, place)
        return blank + 2 if blank >= 0 else 0
    start = 0
    while (end := _end_of_first_event(events, start)) <= place:
        start = end
    return start


def data_of(one: bytes) -> bytes | None:
    """The data of one event, its lines joined; None where it has none (a comment, a lone `event:` line)."""
    lines = [line[5:].removeprefix(b" ") for line in _with_line_feeds(one).split(b"\n") if line.startswith(b"data:")]
    return b"\n".join(lines) if lines else None


def data_of_each(events: bytes) -> list[bytes]:
    """The data of each of the whole events that has some."""
    found: list[bytes] = []
    for one in _with_line_feeds(events).split(b"\n\n"):
        if not one:
            continue
        start = one.find(b"data:")
        if one.find(b"\n", start) < 0 <= start and (start == 0 or one[start - 1] == ord("\n")):
            found.append(one[start + 5 :].removeprefix(b" "))
        elif (data := data_of(one)) is not None:
            found.append(data)
    return found


def _with_line_feeds(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if _RETURN in text else text


#: The end of a line and the end of an empty one, each written in any of three ways. A carriage return that stands last
#: waits for its line feed, but for the streams that have none.
_BLANK_LINE = re.compile(rb"(?:\r\n|\n)(?:\r\n|\n|\r(?=[^\n]))|\r(?!\n)(?:\r\n|\n|\r)")


def _end_of_last_event(text: bytes) -> int:
    if _RETURN not in text:
        return place + 2 if (place := text.rfind(b"\n\n")) >= 0 else 0
    end = 0
    for blank in _BLANK_LINE.finditer(text):
        end = blank.end()
    return end


def _end_of_first_event(text: bytes, start: int) -> int:
    blank = _BLANK_LINE.search(text, start)
    return blank.end() if blank else len(text)
