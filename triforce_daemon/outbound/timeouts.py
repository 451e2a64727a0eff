"""How long each part of a request may take."""

from dataclasses import dataclass

from triforce_daemon.errors import UpstreamTimeout
from triforce_daemon.outbound.faults import timed_out

#: A moment by the loop's clock, None for never, and the limit of `Timeouts` that it comes from.
Limit = tuple[float | None, str]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds; None: no limit. The idle limit counts only while somebody waits for the next piece."""

    connect: float | None = 5
    """Until the connection stands, names resolved and TLS agreed upon."""
    first_byte: float | None = 120
    """From sending until the first byte of the answer's body."""
    idle: float | None = 60
    """Between two pieces of the body."""
    total: float | None = None
    """From sending until the end of the body."""


class Deadlines:
    """The limits of one request that was begun at `now`, as moments."""

    __slots__ = ("_timeouts", "beginning", "end")

    def __init__(self, timeouts: Timeouts, now: float) -> None:
        self._timeouts = timeouts
        #: For all of it.
        self.end: Limit = (None if timeouts.total is None else now + timeouts.total, "total")
        #: For the head, and for the first piece of the body.
        self.beginning: Limit = _sooner(now, timeouts.first_byte, "first_byte", self.end)

    def of_connecting(self, now: float) -> Limit:
        return _sooner(now, self._timeouts.connect, "connect", self.beginning)

    def of_the_next_piece(self, now: float) -> Limit:
        return _sooner(now, self._timeouts.idle, "idle", self.end)

    def missed(self, peer: str, limit: str) -> UpstreamTimeout:
        return timed_out(peer, limit, getattr(self._timeouts, limit))


def _sooner(now: float, seconds: float | None, limit: str, other: Limit) -> Limit:
    """The limit that is reached in so many seconds, or the other one where that is reached before it."""
    if seconds is None:
        return other
    until, ends = now + seconds, other[0]
    return (until, limit) if ends is None or until <= ends else other
