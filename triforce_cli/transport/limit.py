"""How long a question may take."""

import time

#: How long a daemon that took a question may say nothing at all, where nobody gave a limit. Streams may pause longer.
PATIENCE_SECONDS = 30.0


class Limit:
    """How long the next wait may take: the rest of the time given, or what patience allows."""

    def __init__(self, timeout: float | None, patience: float | None) -> None:
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._patience = patience

    def left(self) -> float | None:
        """Seconds; None: as long as it takes. Raises TimeoutError where no time is left."""
        if self._deadline is None:
            return self._patience
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
