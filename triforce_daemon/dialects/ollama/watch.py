"""Looks on while a stream passes through: what it used, how it ended; holds the last line back."""

import re
from typing import Any

from triforce_daemon.dialects.lines import Lines
from triforce_daemon.dialects.looking_on import LookingOn, Marks, is_whole
from triforce_daemon.dialects.ollama.answer import read_usage
from triforce_daemon.dialects.ollama.errors import error_in

#: Something that a person sees.
_VISIBLE = re.compile(rb'"(?:content|response|thinking)" ?: ?"[^"]|"tool_calls" ?: ?\[')


class Watch(LookingOn):
    #: Quotes inside a text are escaped, so these are keys.
    _MARKED = Marks(rb'"done" ?: ?true', rb'"error" ?: ?["{]')

    def __init__(self) -> None:
        self._lines = Lines()
        self._cut = self._lines.whole

    def rest(self) -> bytes:
        """The upstream closed its stream in good order: its last line, where it had no end."""
        return b"".join(self.feed(line + b"\n") for line in self._lines.end() if is_whole(line))

    def _split(self, ready: bytes) -> list[bytes]:
        return ready.splitlines(keepends=True)

    def _start_of_event(self, ready: bytes, place: int) -> int:
        return ready.rfind(b"\n", 0, place) + 1

    def _data(self, one: bytes) -> bytes | None:
        return one

    def _count(self, ready: bytes) -> None:
        self.pieces += ready.count(b"\n")
        if not self.begun and _VISIBLE.search(ready):
            self.begun = True

    def _looks_on(self, value: dict[str, Any], one: bytes) -> bool:
        if value.get("error"):
            return self._fail(error_in(500, value))
        if value.get("done") is not True:
            return True
        self.usage = read_usage(value)
        self.ended, self._end = True, one
        return False
