"""Which pages somebody wants: `3`, `1-5`, `2,4-6,9-`."""

import re

from triforce_daemon.children.documents.form import MOST_PAGES
from triforce_daemon.errors import InvalidArguments

_RANGE = re.compile(r"(\d{1,6})\s*(?:(-)\s*(\d{1,6})?)?", re.ASCII)
_MOST_RANGES = 1_000


def ranges(text: str | None) -> list[tuple[int, int]] | None:
    """Each from and to, counted from 1; None: all. Raises InvalidArguments."""
    if text is None:
        return None
    found: list[tuple[int, int]] = []
    for part in text.split(",", _MOST_RANGES):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise _unreadable(text)
        first = int(match[1])
        last = int(match[3]) if match[3] else MOST_PAGES if match[2] else first
        if not 1 <= first <= last:
            raise _unreadable(text)
        found.append((first, last))
    return found


def _unreadable(text: str) -> InvalidArguments:
    return InvalidArguments(f"The argument pages does not fit: {text[:60]!r}.", "Write them like 3 or 1-5,8 or 12-.")
