"""How long the other end of a connection may take over what it sends."""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import FlowControl

from triforce_daemon.runtime.nobody import nobody


class Pace:
    """Calls `tell` when time is up. One timer serves all requests of a connection: most are over before it looks."""

    __slots__ = ("_begun", "_bytes_a_second", "_flow", "_loop", "_seconds", "_tell", "_timer", "runs", "taken")

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[], None], flow: FlowControl) -> None:
        self._loop = loop
        self._tell = tell
        self._flow = flow
        self._timer: asyncio.TimerHandle | None = None
        self.runs = False
        #: How many bytes have come since the start.
        self.taken = 0

    def start(self, seconds: float, bytes_a_second: int = 0) -> None:
        """From now on; each `bytes_a_second` that come are worth another second."""
        self._begun = self._loop.time()
        self._seconds = seconds
        self._bytes_a_second = bytes_a_second
        self.taken = 0
        self.runs = True
        if self._timer is None or self._timer.when() > self._begun + seconds:
            self._look_at(self._begun + seconds)

    def stop(self) -> None:
        self.runs = False

    def close(self) -> None:
        """The connection has ended, and nobody is told any more."""
        self.runs = False
        self._tell = nobody
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look_at(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        self._timer = None
        if not self.runs:
            return
        now = self._loop.time()
        due = self._begun + self._seconds
        if self._bytes_a_second:
            due += self.taken / self._bytes_a_second
        if self._flow.read_paused:
            due = max(due, now + self._seconds)
        # A timer may be early by its own grain.
        if due <= now + 0.001:
            self.runs = False
            self._tell()
        else:
            self._look_at(due)
