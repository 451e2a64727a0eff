"""Whether the client at the other end of a connection is still there."""

from collections.abc import Callable


class HangUp:
    """Of one connection. Tells those who are answering when it has ended; asking it costs no task."""

    __slots__ = ("_told", "happened")

    def __init__(self) -> None:
        self.happened = False
        self._told: set[Callable[[], None]] = set()

    def tell(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the connection ends; look at `happened` first."""
        self._told.add(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        self._told.discard(listener)

    def happen(self) -> None:
        self.happened = True
        for listener in list(self._told):
            listener()
