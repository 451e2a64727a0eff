"""The last requests: what was asked, by whom, what was answered and how soon; in memory, from the daemon's start on."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

#: With as much room as 2 MB.
MOST = 10_000
#: What is longer is cut: a path is whatever somebody sends.
_LONGEST = 200


class Asked(NamedTuple):
    #: When it came, in ms.
    ts: int
    request: str
    method: str
    path: str
    #: None: whoever asked has left before he was answered.
    status: int | None
    #: Until the answer began; a stream may then go on for hours.
    ms: float
    #: Under which name things are kept, and what he is called; None: nobody who is known.
    account: str | None
    client: str | None


class RequestBook:
    def __init__(self, began_ms: int = 0, most: int = MOST) -> None:
        """`began_ms`: when the daemon began."""
        self._began_ms = began_ms
        self._asked: deque[Asked] = deque(maxlen=most)

    def add(self, asked: Asked) -> None:
        if len(asked.path) > _LONGEST:
            asked = asked._replace(path=asked.path[:_LONGEST] + "…")
        self._asked.append(asked)

    def newest(self, since_ms: int = 0) -> Iterator[Asked]:
        """The newest first, from a moment on."""
        return (asked for asked in list(self._asked)[::-1] if asked.ts >= since_ms)

    @property
    def begins_ms(self) -> int:
        """Since when it knows of all that came."""
        return self._asked[0].ts if len(self._asked) == self._asked.maxlen else self._began_ms
