"""What the daemon as a whole is doing: starting, ready, draining; and the answers that are under way."""

from collections.abc import Callable

from triforce_daemon.wire.status import DaemonState


class Lifecycle:
    """Counts open answers, and tells them when their time is up."""

    def __init__(self) -> None:
        self.state: DaemonState = "starting"
        self._open: set[Callable[[], None]] = set()
        self._endless: set[Callable[[], None]] = set()
        self._stop_requested: Callable[[], None] | None = None
        #: Whether it ends to be started anew.
        self.restarts = False

    @property
    def streams(self) -> int:
        return len(self._open)

    def answering(self, cut: Callable[[], None]) -> "Answering":
        """Counts as an open answer while inside; `cut` is called when the daemon can wait no longer."""
        return Answering(self._open, cut)

    def listening(self, cut: Callable[[], None]) -> "Answering":
        """Does not count as an answer: a stream that has no end of its own is cut as soon as the daemon drains."""
        return Answering(self._endless, cut)

    def on_stop_request(self, stop: Callable[[], None]) -> None:
        self._stop_requested = stop

    def request_stop(self) -> None:
        """Begin to drain; returns at once."""
        if self._stop_requested is not None:
            self._stop_requested()

    def request_restart(self) -> None:
        """As `request_stop`, to be started anew; nothing where it ends already, for whoever ended it wants it gone."""
        if self.state == "ready":
            self.restarts = True
            self.request_stop()

    def cut_endless(self) -> None:
        """End what would never end by itself."""
        for cut in list(self._endless):
            cut()

    def cut_all(self) -> None:
        """End what is still being sent, each with an honest error."""
        for cut in list(self._open):
            cut()


class Answering:
    """An answer that is open from entering to leaving; once."""

    __slots__ = ("_cut", "_open")

    def __init__(self, among: set[Callable[[], None]], cut: Callable[[], None]) -> None:
        self._open = among
        self._cut = cut

    def __enter__(self) -> None:
        self._open.add(self._cut)

    def __exit__(self, *_: object) -> None:
        self._open.discard(self._cut)
        # Whoever is cut mostly holds this: a circle would keep the whole request until the next full collection.
        del self._cut
