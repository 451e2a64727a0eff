"""What finds a text, or a regular expression, in bytes: in a time that grows with their length, whatever is asked."""

import importlib
from collections.abc import Callable
from typing import Any

from triforce_daemon.errors import InvalidArguments

#: Where it begins between two places; -1: nowhere.
Finder = Callable[[bytes, int, int], int]

#: What an expression may take when it is compiled and used. It bounds its size, and by that the time for each byte.
_MEMORY = 1 << 20


def finder(query: str, *, regex: bool) -> Finder:
    """Finds within lines. Raises InvalidArguments for what is no expression, or none that takes linear time."""
    try:
        wanted = query.encode()
    except UnicodeEncodeError:
        raise InvalidArguments("The query holds half a character.", "Send valid Unicode.") from None
    if regex:
        return _expression(wanted)
    if b"\n" in wanted:
        raise InvalidArguments("The query goes over the end of a line.", "Look for a piece of one line.")
    return lambda data, start, end: data.find(wanted, start, end)


def _expression(wanted: bytes) -> Finder:
    # Only here, and when it is asked for: it has no types, and most searches do without.
    re2: Any = importlib.import_module("re2")
    options = re2.Options()
    options.max_mem, options.log_errors, options.never_nl = _MEMORY, False, True
    try:
        compiled = re2.compile(b"(?m)" + wanted, options)
    except re2.error as error:
        raise InvalidArguments(
            f"That is no regular expression that can be searched by: {_words(error)}.",
            "The syntax is RE2's: no back references and no look-around.",
        ) from None

    def find(data: bytes, start: int, end: int) -> int:
        found = compiled.search(data, start, end)
        return -1 if found is None else found.start()

    return find


def _words(error: Exception) -> str:
    said: object = error.args[0] if error.args else error
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
