"""The last lines of a log that goes to standard error: nobody could read them there."""

import threading
from collections import deque
from collections.abc import Iterator, Sequence

#: Characters, which is about what they take.
MOST = 2 << 20


class RecentLines:
    """Filled by the thread that writes the log, read by whoever is asked for it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lines: deque[str] = deque()
        self._size = 0
        self._lock = threading.Lock()

    def add(self, lines: Sequence[str]) -> None:
        """Keep them, and as many of those before them as there is room for."""
        with self._lock:
            self._lines.extend(lines)
            self._size += sum(map(len, lines))
            while self._size > self._most:
                self._size -= len(self._lines.popleft())

    def newest(self) -> Iterator[str]:
        """The newest first; what comes meanwhile is not among them."""
        with self._lock:
            lines = list(self._lines)
        for text in reversed(lines):
            yield from reversed(text.rstrip("\n").split("\n"))
