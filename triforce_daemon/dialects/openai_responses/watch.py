"""Looks on while a stream passes through: what it used, how it ended; holds the end back."""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.openai_error import error_in
from triforce_daemon.dialects.openai_responses.usage import read_usage
from triforce_daemon.errors import TriforceError

#: How a last event calls itself. Quotes inside a text are escaped, so these are keys and values.
_LAST = re.compile(rb'"type" ?: ?"(?:response\.(?:completed|incomplete|failed)|error)"')
#: Something that a person sees.
_VISIBLE = re.compile(rb'"delta" ?: ?"[^"]|"type" ?: ?"response\.output_item\.done"|"type" ?: ?"function_call"')


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
        self.pieces += ready.count(b'"delta":')
        if not self.begun and _VISIBLE.search(ready):
            self.begun = True
        if _LAST.search(ready):
            return b"".join(one for one in sse.split(ready) if self._passes(one))
        return ready

    @property
    def end(self) -> bytes:
        return self._end

    def _passes(self, one: bytes) -> bool:
        if self.ended or self.error is not None:
            return False
        if not _LAST.search(one):
            return True
        try:
            event = orjson.loads(sse.data_of(one) or b"")
        except orjson.JSONDecodeError:
            return True
        return not isinstance(event, dict) or self._looks_on(cast(dict[str, Any], event), one)

    def _looks_on(self, event: dict[str, Any], one: bytes) -> bool:
        kind, response = event.get("type"), event.get("response")
        if kind in ("response.failed", "error"):
            self.error = error_in(200, response or event)
            return False
        if kind not in ("response.completed", "response.incomplete"):
            return True
        if isinstance(response, dict):
            self.usage = read_usage(cast(dict[str, Any], response))
        self.ended, self._end = True, one
        return False
