"""Where the log can be read: from its files or, where it goes to standard error, from what is kept of its end."""

import os
from collections.abc import Iterator
from typing import Protocol

from triforce_daemon.errors import StorageFailed
from triforce_daemon.wire import log_lines

#: So much of the end of a log is searched, which takes some tenths of a second.
MOST_BYTES = 16 << 20


class LogSource(Protocol):
    def newest(self) -> Iterator[str]:
        """The lines, the newest first. Raises StorageFailed."""
        ...


class LogFiles:
    def __init__(self, path: str, most_bytes: int = MOST_BYTES) -> None:
        # Whoever is told of it stands in another folder.
        self.path = os.path.abspath(path)
        self._most_bytes = most_bytes

    def newest(self) -> Iterator[str]:
        """Also of the files that it was moved to."""
        try:
            yield from log_lines.newest(self.path, self._most_bytes)
        except FileNotFoundError:
            # Somebody has deleted it; the next line that is written makes it anew.
            return
        except OSError as error:
            raise StorageFailed(
                f"The log {self.path} cannot be read: {error.strerror}.", "Check its owner and mode."
            ) from None
