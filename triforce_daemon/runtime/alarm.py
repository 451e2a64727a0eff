"""A deadline that is moved on every request and nearly never reached."""

import asyncio
from collections.abc import Callable
from math import inf

from triforce_daemon.runtime.nobody import nobody


class Alarm:
    """Calls `ring` when the time that was set last has come.

    To move the time later touches no timer of the loop: the timer that is there fires too early, and is set anew.
    """

    __slots__ = ("_at", "_due", "_loop", "_ring", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop = loop
        self._ring = ring
        self._at: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        #: When it fires.
        self._due = inf

    def set(self, at: float | None) -> None:
        """Ring at `at`, by the loop's clock; None: do not ring."""
        self._at = at
        if at is not None and at < self._due:
            self._start(at)

    def cancel(self) -> None:
        """Never ring again; nothing of it stays in the loop, and it lets go of whom it would have told."""
        self._at, self._due, self._ring = None, inf, nobody
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._due = self._loop.call_at(at, self._fired), at

    def _fired(self) -> None:
        self._timer, self._due = None, inf
        if self._at is None:
            return
        if self._loop.time() < self._at:
            self._start(self._at)
            return
        self._at = None
        self._ring()
