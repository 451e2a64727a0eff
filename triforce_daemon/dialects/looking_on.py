"""What the watches of the dialects do alike: most of a stream passes unread, what is marked is read on its way."""

import re
from typing import Any, ClassVar, cast

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.errors import TriforceError


class Marks:
    """What tells an event that is more than a piece of the answer.

    The pattern decides. It is only asked where one of `words` stands, without which it never matches: plain words are
    found in a tenth of the time, and most of a stream has none.
    """

    def __init__(self, pattern: bytes, *words: bytes) -> None:
        self.pattern = re.compile(pattern)
        self.words = words

    def within(self, events: bytes) -> bool:
        for word in self.words:
            if word in events:
                return self.pattern.search(events) is not None
        return False


def spelled_out(key: bytes, value: bytes) -> tuple[bytes, ...]:
    """The ways in which JSON may write a key before a value that begins so, or a beginning of them."""
    return b'"%s":%s' % (key, value), b'"%s": %s' % (key, value), b'"%s" :' % key


class LookingOn:
    """A `Watch` but for `_count` and `_looks_on`, which know what the dialect writes."""

    #: An event that is more than a piece of the answer.
    _MARKED: ClassVar[Marks]

    usage: Usage | None
    begun: bool
    pieces: int
    ended: bool
    error: TriforceError | None

    def __init__(self) -> None:
        self.usage = self.error = None
        self.begun = self.ended = False
        self.pieces = 0
        self._splitter = sse.Splitter()
        self._end = b""

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now. Raises UpstreamFailed for an event that does not end."""
        ready = self._cut(chunk)
        if not ready or self.ended or self.error is not None:
            return b""
        self._count(ready)
        if self._MARKED.within(ready):
            return b"".join(one for one in self._split(ready) if self._passes(one))
        return ready

    def rest(self) -> bytes:
        """The upstream closed its stream in good order: its last event, where no blank line closed that."""
        waiting = self._splitter.rest
        return self.feed(b"\n\n") if waiting and is_whole(sse.data_of(waiting)) else b""

    @property
    def end(self) -> bytes:
        return self._end

    def _cut(self, chunk: bytes) -> bytes:
        return self._splitter.feed(chunk)

    def _split(self, ready: bytes) -> list[bytes]:
        return sse.split(ready)

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
        if not self._MARKED.within(one):
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
