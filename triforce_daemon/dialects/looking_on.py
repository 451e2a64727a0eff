"""What the watches of the dialects do alike: most of a stream passes unread, what is marked is read on its way."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, cast

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.errors import TriforceError


class Marks:
    """What tells an event that is more than a piece of the answer.

    Each pattern begins with plain text: such a one is found at a fortieth of the cost of alternatives in one pattern,
    and most of a stream has none.
    """

    def __init__(self, *patterns: bytes) -> None:
        self.patterns = [re.compile(pattern) for pattern in patterns]
        self._searches = [pattern.search for pattern in self.patterns]

    def first(self, events: bytes) -> int:
        """Where the first of them begins; -1 where there is none."""
        first = -1
        for search in self._searches:
            found = search(events)
            if found is not None and not 0 <= first < found.start():
                first = found.start()
        return first


class LookingOn:
    """A `Watch` but for `_count` and `_looks_on`, which know what the dialect writes."""

    #: An event that is more than a piece of the answer.
    _MARKED: ClassVar[Marks]

    usage: Usage | None = None
    begun = False
    pieces = 0
    ended = False
    error: TriforceError | None = None
    #: Cuts what comes into whole events.
    _cut: Callable[[bytes], bytes]
    _end = b""

    def __init__(self) -> None:
        self._splitter = sse.Splitter()
        self._cut = self._splitter.feed

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now. Raises UpstreamFailed for an event that does not end."""
        ready = self._cut(chunk)
        if not ready or self.ended or self.error is not None:
            return b""
        self._count(ready)
        place = self._MARKED.first(ready)
        if place < 0:
            return ready
        unread = self._start_of_event(ready, place)
        return ready[:unread] + b"".join(one for one in self._split(ready[unread:]) if self._passes(one))

    def rest(self) -> bytes:
        """The upstream closed its stream in good order: its last event, where no blank line closed that."""
        waiting = self._splitter.rest
        return self.feed(b"\n\n") if waiting and is_whole(sse.data_of(waiting)) else b""

    @property
    def end(self) -> bytes:
        return self._end

    def _split(self, ready: bytes) -> list[bytes]:
        return sse.split(ready)

    def _start_of_event(self, ready: bytes, place: int) -> int:
        """Where the event begins that `place` lies in."""
        return sse.start_of_event(ready, place)

    def _data(self, one: bytes) -> bytes | None:
        return sse.data_of(one)

    def _count(self, ready: bytes) -> None:
        """Note the pieces in whole events, and whether a person sees something of them."""
        raise NotImplementedError

    def _looks_on(self, value: dict[str, Any], one: bytes) -> bool:
        """Whether the marked event `one`, which says `value`, may pass."""
        raise NotImplementedError

    def _fail(self, error: TriforceError) -> bool:
        """The event says that the provider failed: it does not pass, and nothing after it does."""
        self.error = error
        return False

    def _passes(self, one: bytes) -> bool:
        if self.ended or self.error is not None:
            return False
        if self._MARKED.first(one) < 0:
            return True
        try:
            value = orjson.loads(self._data(one) or b"")
        except orjson.JSONDecodeError:
            return True
        return not isinstance(value, dict) or self._looks_on(cast(dict[str, Any], value), one)


def is_whole(data: bytes | None) -> bool:
    """Whether the data of an event is not cut short."""
    if data is None:
        return False
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return data == b"[DONE]"
    return True
