"""Stops asking who keeps failing, and lets one request at a time find out whether it is over."""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """So many failures within a window open the breaker for so long; seconds."""

    failures: int = 5
    window: float = 30
    open: float = 15


class Breaker:
    """Closed; open after too many failures; half open for one probe once its time is over. Times are ticks, seconds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._failures: deque[float] = deque(maxlen=limits.failures)
        #: Until then nobody is let through; None while it is closed.
        self.shut_until: float | None = None
        self._probing = False

    def take(self, limits: Limits) -> None:
        """Go by these from now on; what has happened stays."""
        self._limits = limits
        self._failures = deque(self._failures, maxlen=limits.failures)

    def shut(self, now: float) -> bool:
        """Whether nobody is let through at this moment."""
        return self.shut_until is not None and now < self.shut_until

    def enter(self, now: float) -> bool:
        """Whether a request may be sent now. The one that is let through half open keeps the others out meanwhile."""
        if self.shut_until is None:
            return True
        if now < self.shut_until:
            return False
        self.shut_until = now + self._limits.open
        self._probing = True
        return True

    def succeeded(self) -> None:
        if self.shut_until is not None or self._failures:
            self._failures.clear()
            self.shut_until = None
            self._probing = False

    def failed(self, now: float) -> None:
        self._failures.append(now)
        within = len(self._failures) == self._limits.failures and now - self._failures[0] <= self._limits.window
        if within or self.shut_until is not None:
            self.shut_until = now + self._limits.open
            self._probing = False

    def undecided(self, now: float) -> None:
        """The probe has shown nothing: another one may be sent at once."""
        if self._probing:
            self.shut_until = now
            self._probing = False
