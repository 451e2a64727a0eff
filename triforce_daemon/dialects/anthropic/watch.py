"""Looks on while a stream passes through: learns the usage, holds the end back."""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.anthropic.errors import error_in
from triforce_daemon.dialects.anthropic.usage import read_usage
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.errors import TriforceError

#: An event that is more than a piece of the answer. Quotes inside a text are escaped, so these stand for themselves.
_MARKED = re.compile(rb'"type" ?: ?"(?:message_(?:start|delta|stop)|error)"')
_PIECE = b'"content_block_delta"'
#: A call without arguments has no pieces.
_CALL = b'"tool_use"'


class Watch:
    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.begun = False
        self.pieces = 0
        self.ended = False
        self.error: TriforceError | None = None
        self._splitter = sse.Splitter()
        self._end = b""

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now. Raises UpstreamFailed for an event that does not end."""
        ready = self._splitter.feed(chunk)
        if not ready or self.ended or self.error is not None:
            return b""
        pieces = ready.count(_PIECE)
        self.pieces += pieces
        self.begun = self.begun or pieces > 0 or _CALL in ready
        if _MARKED.search(ready):
            return b"".join(one for one in sse.split(ready) if self._passes(one))
        return ready

    @property
    def end(self) -> bytes:
        return self._end

    def _passes(self, one: bytes) -> bool:
        if self.ended or self.error is not None:
            return False
        if _MARKED.search(one) is None or (data := sse.data_of(one)) is None:
            return True
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError:
            return True
        return self._looks_on(cast(dict[str, Any], event), one) if isinstance(event, dict) else True

    def _looks_on(self, event: dict[str, Any], one: bytes) -> bool:
        kind = event.get("type")
        if kind == "error":
            self.error = error_in(200, event)
            return False
        if kind == "message_stop":
            self.ended, self._end = True, one
            return False
        if kind == "message_start" and isinstance(message := event.get("message"), dict):
            event = cast(dict[str, Any], message)
        self.usage = read_usage(event, self.usage)
        return True
