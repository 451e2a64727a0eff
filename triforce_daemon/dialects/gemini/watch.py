"""Looks on while a stream passes through: learns the usage, holds the end back."""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.gemini.answer import is_blocked
from triforce_daemon.dialects.gemini.errors import error_in
from triforce_daemon.dialects.gemini.usage import read_usage
from triforce_daemon.dialects.looking_on import Marks, is_whole
from triforce_daemon.errors import TriforceError

#: A chunk that is more than a piece of the answer. Quotes inside a text are escaped, so these are keys.
_MARKED = Marks(rb'"finishReason" ?:', rb'"blockReason" ?:', rb'"error" ?: ?\{')
#: Something that a person sees.
_VISIBLE = re.compile(rb'"text" ?: ?"[^"]|"(?:functionCall|inlineData|executableCode)"')
_USED = b'"usageMetadata"'
#: What plain JSON begins with.
_PLAIN = (b"{", b"[")


class Watch:
    """This dialect has no last word: the end is the chunk that says why, and what it says may come again."""

    def __init__(self) -> None:
        self.begun = False
        self.pieces = 0
        self.ended = False
        self.error: TriforceError | None = None
        self._splitter = sse.Splitter()
        self._end = b""
        #: The last events that tell what was used; read where somebody asks.
        self._used = b""

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now. Raises UpstreamFailed for an event that does not end."""
        ready = self._splitter.feed(chunk)
        passed = self._pass_all(ready) if ready and self.error is None else b""
        if self.error is None and self._splitter.rest_begins_with(_PLAIN):
            self._look_at_rest()
        return passed

    def rest(self) -> bytes:
        """The upstream closed its stream in good order: its last event, where no blank line closed that."""
        waiting = self._splitter.rest
        return self.feed(b"\n\n") if waiting and is_whole(sse.data_of(waiting)) else b""

    @property
    def end(self) -> bytes:
        return self._end

    @property
    def usage(self) -> Usage | None:
        found = [read_usage(_object(data)) for data in sse.data_of_each(self._used)]
        return next((usage for usage in reversed(found) if usage is not None), None)

    def _pass_all(self, events: bytes) -> bytes:
        self.pieces += events.count(b"data:")
        if not self.begun and _VISIBLE.search(events):
            self.begun = True
        if self.ended or _MARKED.first(events) >= 0:
            return b"".join(self._pass(one) for one in sse.split(events))
        if _USED in events:
            self._used = events
        return events

    def _pass(self, one: bytes) -> bytes:
        """Once the end has been said, an event waits until another follows it."""
        if self.error is not None:
            return b""
        data = sse.data_of(one)
        chunk = _object(one if data is None else data)
        if "error" in chunk:
            self.error = error_in(200, chunk)
            return b""
        if _USED in one:
            self._used = one
        self.ended = self.ended or _is_last(chunk)
        if not self.ended:
            return one
        held, self._end = self._end, one
        return held

    def _look_at_rest(self) -> None:
        """A provider that breaks off may say why in plain JSON, after which nothing comes."""
        if "error" in (said := _object(self._splitter.rest)):
            self.error = error_in(200, said)


def _is_last(chunk: dict[str, Any]) -> bool:
    candidates = chunk.get("candidates")
    for candidate in cast(list[Any], candidates) if isinstance(candidates, list) else []:
        if isinstance(candidate, dict) and cast(dict[str, Any], candidate).get("finishReason") is not None:
            return True
    return is_blocked(chunk)


def _object(data: bytes) -> dict[str, Any]:
    """What the data says; empty where it is no object."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    if isinstance(value, list) and value:
        value = cast(list[Any], value)[0]
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}
