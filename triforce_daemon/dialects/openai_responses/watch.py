"""Looks on while a stream passes through: what it used, how it ended; holds the end back."""

import re
from typing import Any, cast

from triforce_daemon.dialects.looking_on import LookingOn, Marks
from triforce_daemon.dialects.openai_error import error_in
from triforce_daemon.dialects.openai_responses.usage import read_usage

#: Something that a person sees.
_VISIBLE = re.compile(rb'"delta" ?: ?"[^"]|"type" ?: ?"response\.output_item\.done"|"type" ?: ?"function_call"')


class Watch(LookingOn):
    #: How a last event calls itself. Quotes inside a text are escaped, so these are keys and values.
    _MARKED = Marks(rb'"type" ?: ?"response\.(?:completed|incomplete|failed)"', rb'"type" ?: ?"error"')

    def _count(self, ready: bytes) -> None:
        self.pieces += ready.count(b'"delta":')
        if not self.begun and _VISIBLE.search(ready):
            self.begun = True

    def _looks_on(self, value: dict[str, Any], one: bytes) -> bool:
        kind, response = value.get("type"), value.get("response")
        if kind in ("response.failed", "error"):
            return self._fail(error_in(200, response or value))
        if kind not in ("response.completed", "response.incomplete"):
            return True
        if isinstance(response, dict):
            self.usage = read_usage(cast(dict[str, Any], response))
        self.ended, self._end = True, one
        return False
