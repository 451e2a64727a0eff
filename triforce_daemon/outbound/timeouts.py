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

    __slots__ = ("_ends", "_first", "_timeouts")

    def __init__(self, timeouts: Timeouts, now: float) -> None:
        self._timeouts = timeouts
        self._first: Limit = (_after(now, timeouts.first_byte), "first_byte")
        self._ends: Limit = (_after(now, timeouts.total), "total")

    def of_connecting(self, now: float) -> Limit:
        return _sooner((_after(now, self._timeouts.connect), "connect"), self.of_the_beginning())

    def of_the_beginning(self) -> Limit:
        """For the head, and for the first piece of the body."""
        return _sooner(self._first, self._ends)

    def of_the_next_piece(self, now: float) -> Limit:
        return _sooner((_after(now, self._timeouts.idle), "idle"), self._ends)

    def missed(self, peer: str, limit: str) -> UpstreamTimeout:
        return timed_out(peer, limit, getattr(self._timeouts, limit))


def _after(now: float, seconds: float | None) -> float | None:
    return None if seconds is None else now + seconds


def _sooner(one: Limit, other: Limit) -> Limit:
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    return one if one[0] <= other[0] else other
