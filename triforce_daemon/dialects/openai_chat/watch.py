"""Looks on while a stream passes through: takes the usage out, holds the end back."""

import re
from typing import Any, cast

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.looking_on import LookingOn, Marks
from triforce_daemon.dialects.openai_chat.usage import read_usage
from triforce_daemon.dialects.openai_error import error_in

_DONE = b"[DONE]"
_LAST = sse.event(_DONE)
#: Something that a person sees.
_VISIBLE = re.compile(rb'"(?:content|reasoning_content|reasoning|refusal|arguments|name|input)" ?: ?(?:"[^"]|\[)')


class Watch(LookingOn):
    #: Quotes inside a text are escaped, so these are keys. Groq tells its usage within another key, in the same words.
    _MARKED = Marks(rb"\[DONE\]", rb'"usage" ?: ?\{', rb'"error" ?: ?[^n\s]', rb'"finish_reason" ?: ?"[^"]')
    _end = _LAST
    _finished = False

    def __init__(self, *, keep_usage: bool) -> None:
        """`keep_usage`: the client asked for the event with the usage alone; otherwise it is taken out."""
        super().__init__()
        self._keep_usage = keep_usage

    def rest(self) -> bytes:
        """Cerebras says how the answer finished and closes, without [DONE]."""
        rest = super().rest()
        self.ended = self.ended or (self._finished and self.error is None)
        return rest

    def _count(self, ready: bytes) -> None:
        if not self.begun:
            seen = _VISIBLE.search(ready)
            if seen is None:
                return
            # Whose turn it is, and whatever else comes before the first of them, is no piece of the answer.
            ready = ready[self._start_of_event(ready, seen.start()) :]
            self.begun = True
        self.pieces += ready.count(b"data:")

    def _passes(self, one: bytes) -> bool:
        if _DONE in one and not self.ended and self.error is None and sse.data_of(one) == _DONE:
            self.ended = True
            self.pieces -= 1
        return super()._passes(one)

    def _looks_on(self, value: dict[str, Any], one: bytes) -> bool:
        if value.get("error"):
            return self._fail(error_in(200, value))
        self._finished = self._finished or _finishes(value)
        if (usage := read_usage(value)) is not None:
            self.usage = usage
            if not value.get("choices"):
                self.pieces -= 1
                return self._keep_usage
        return True


def _finishes(chunk: dict[str, Any]) -> bool:
    choices = chunk.get("choices")
    first: Any = cast(list[Any], choices)[0] if isinstance(choices, list) and choices else None
    return isinstance(first, dict) and bool(cast(dict[str, Any], first).get("finish_reason"))
