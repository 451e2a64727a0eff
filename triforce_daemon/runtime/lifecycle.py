"""What the daemon as a whole is doing: starting, ready, draining; and the answers that are under way."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from triforce_daemon.wire.status import DaemonState


class Lifecycle:
    """Counts open answers, and tells them when their time is up."""

    def __init__(self) -> None:
        self.state: DaemonState = "starting"
        self._open: set[Callable[[], None]] = set()
        self._stop_requested: Callable[[], None] | None = None

    @property
    def streams(self) -> int:
        return len(self._open)

    @contextmanager
    def answering(self, cut: Callable[[], None]) -> Generator[None]:
        """Counts as an open answer while inside; `cut` is called when the daemon can wait no longer."""
        self._open.add(cut)
        try:
            yield
        finally:
            self._open.discard(cut)

    def on_stop_request(self, stop: Callable[[], None]) -> None:
        self._stop_requested = stop

    def request_stop(self) -> None:
        """Begin to drain; returns at once."""
        if self._stop_requested is not None:
            self._stop_requested()

    def cut_all(self) -> None:
        """End what is still being sent, each with an honest error."""
        for cut in list(self._open):
            cut()
