"""Looks on while a stream passes through: takes the usage out, holds the end back."""

import re
from typing import Any, cast

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.openai_chat.usage import read_usage
from triforce_daemon.dialects.openai_error import error_in
from triforce_daemon.errors import TriforceError

#: An event that is more than a piece of the answer. Quotes inside a text are escaped, so these are keys.
_MARKED = re.compile(rb'data: ?\[DONE\]|"(?:usage|x_groq)" ?: ?\{|"error" ?: ?[^n\s]')
#: Something that a person sees.
_VISIBLE = re.compile(rb'"(?:content|reasoning_content|reasoning|refusal|arguments|name|input)" ?: ?(?:"[^"]|\[)')


class Watch:
    def __init__(self, *, keep_usage: bool) -> None:
        """`keep_usage`: the client asked for the event with the usage alone; otherwise it is taken out."""
        self.usage: Usage | None = None
        self.begun = False
        self.pieces = 0
        self.ended = False
        self.error: TriforceError | None = None
        self._splitter = sse.Splitter()
        self._keep_usage = keep_usage

    def feed(self, chunk: bytes) -> bytes:
        """What may go on to the client now. Raises UpstreamFailed for an event that does not end."""
        ready = self._splitter.feed(chunk)
        if not ready or self.ended or self.error is not None:
            return b""
        self.pieces += ready.count(b"data:")
        if not self.begun and _VISIBLE.search(ready):
            self.begun = True
        if _MARKED.search(ready):
            return b"".join(one for one in sse.split(ready) if self._passes(one))
        return ready

    @property
    def end(self) -> bytes:
        return sse.event(b"[DONE]")

    def _passes(self, one: bytes) -> bool:
        data = sse.data_of(one)
        if self.ended or self.error is not None or data is None:
            return not (self.ended or self.error is not None)
        if data == b"[DONE]":
            self.ended = True
            self.pieces -= 1
            return False
        try:
            chunk = orjson.loads(data)
        except orjson.JSONDecodeError:
            return True
        if not isinstance(chunk, dict):
            return True
        return self._looks_on(cast(dict[str, Any], chunk))

    def _looks_on(self, chunk: dict[str, Any]) -> bool:
        if chunk.get("error"):
            self.error = error_in(200, chunk)
            return False
        if (usage := read_usage(chunk)) is not None:
            self.usage = usage
            if not chunk.get("choices"):
                self.pieces -= 1
                return self._keep_usage
        return True
