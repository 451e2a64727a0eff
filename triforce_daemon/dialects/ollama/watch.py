"""Looks on while a stream passes through: what it used, how it ended; holds the last line back."""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.lines import Lines
from triforce_daemon.dialects.ollama.answer import read_usage
from triforce_daemon.dialects.ollama.errors import error_in
from triforce_daemon.errors import TriforceError

#: A line that is more than a piece of the answer. Quotes inside a text are escaped, so these are keys.
_MARKED = re.compile(rb'"done" ?: ?true|"error" ?: ?["{]')
#: Something that a person sees.
_VISIBLE = re.compile(rb'"(?:content|response|thinking)" ?: ?"[^"]|"tool_calls" ?: ?\[')


class Watch:
    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.begun = False
        self.pieces = 0
        self.ended = False
        self.error: TriforceError | None = None
        self._lines = Lines()
        self._end = b""

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now. Raises UpstreamFailed for a line that does not end."""
        ready = self._lines.whole(chunk)
        if not ready or self.ended or self.error is not None:
            return b""
        self.pieces += ready.count(b"\n")
        if not self.begun and _VISIBLE.search(ready):
            self.begun = True
        if _MARKED.search(ready):
            return b"".join(line for line in ready.splitlines(keepends=True) if self._passes(line))
        return ready

    @property
    def end(self) -> bytes:
        return self._end

    def _passes(self, line: bytes) -> bool:
        if self.ended or self.error is not None:
            return False
        try:
            body = orjson.loads(line) if _MARKED.search(line) else None
        except orjson.JSONDecodeError:
            return True
        return not isinstance(body, dict) or self._looks_on(cast(dict[str, Any], body), line)

    def _looks_on(self, body: dict[str, Any], line: bytes) -> bool:
        if body.get("error"):
            self.error = error_in(500, body)
            return False
        if body.get("done") is not True:
            return True
        self.usage = read_usage(body)
        self.ended, self._end = True, line
        return False
