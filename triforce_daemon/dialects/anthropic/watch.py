"""Looks on while a stream passes through: learns the usage, holds the end back."""

from typing import Any, cast

from triforce_daemon.dialects.anthropic.errors import error_in
from triforce_daemon.dialects.anthropic.usage import read_usage
from triforce_daemon.dialects.looking_on import LookingOn, Marks

_PIECE = b'"content_block_delta"'
#: A call without arguments has no pieces.
_CALL = b'"tool_use"'


class Watch(LookingOn):
    #: Quotes inside a text are escaped, so these stand for themselves.
    _MARKED = Marks(rb'"type" ?: ?"message_(?:start|delta|stop)"', rb'"type" ?: ?"error"')

    def _count(self, ready: bytes) -> None:
        pieces = ready.count(_PIECE)
        self.pieces += pieces
        self.begun = self.begun or pieces > 0 or _CALL in ready

    def _looks_on(self, value: dict[str, Any], one: bytes) -> bool:
        kind = value.get("type")
        if kind == "error":
            return self._fail(error_in(200, value))
        if kind == "message_stop":
            self.ended, self._end = True, one
            return False
        if kind == "message_start" and isinstance(message := value.get("message"), dict):
            value = cast(dict[str, Any], message)
        self.usage = read_usage(value, self.usage)
        return True
