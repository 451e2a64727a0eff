"""One connection to a server: carries one request and its answer at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from triforce_daemon.outbound.faults import Lost
from triforce_daemon.outbound.incoming import Incoming
from triforce_daemon.runtime.alarm import Alarm

#: When so much of a body waits to be taken, the server has to wait as well.
HIGH_WATER = 256 << 10


class Connection(asyncio.Protocol):
    """`on_lost` is told when it has ended, whoever ended it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_lost: Callable[["Connection"], None]) -> None:
        self.incoming = Incoming()
        #: Whether the answer has begun to arrive; what nobody heard may be asked again.
        self.heard = False
        #: The loop's clock.
        self.now = loop.time
        self._loop = loop
        self._on_lost = on_lost
        self._alarm = Alarm(loop, self._ring)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[None] | None = None
        #: Why it is of no use any more, as Lost has it.
        self._failure: str | None = None
        self._busy = False
        self._paused = False

    @property
    def transport(self) -> asyncio.Transport | None:
        return self._transport

    @property
    def alive(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def complete(self) -> bool:
        """Whether all of the answer has come, and nothing that was none of it."""
        return self.incoming.complete and self._failure is None

    def begin(self, request: bytes, body: bytes = b"", *, tunnel: bool = False) -> None:
        """Send a request; `tunnel`: it is a CONNECT."""
        self.heard = False
        self._busy = True
        self.incoming.begin(tunnel=tunnel)
        if self._transport is None:
            self._failure = "closed the connection without an answer"
        elif body:
            self._transport.writelines((request, body))
        else:
            self._transport.write(request)

    async def head(self, until: float | None) -> None:
        """Wait for the answer's head. Raises Lost, and TimeoutError at `until`."""
        while not self.incoming.head_complete:
            if self._failure is not None:
                raise Lost(self._failure)
            await self.news(until)

    def take(self) -> bytes | None:
        """What has come of the body; nothing at its end; None where `news` has to be waited for. Raises Lost."""
        incoming = self.incoming
        if not incoming.pieces:
            if self._failure is not None:
                raise Lost(self._failure)
            return b"" if incoming.complete else None
        if self._paused:
            self._paused = False
            cast(asyncio.Transport, self._transport).resume_reading()
        return incoming.take()

    def news(self, until: float | None) -> Awaitable[None]:
        """To be awaited at once: something comes, or the connection is lost. Raises TimeoutError at `until`."""
        self._waiter = waiter = self._loop.create_future()
        self._alarm.set(until)
        return waiter

    @property
    def reusable(self) -> bool:
        """Whether the answer was read to its end, and another request may follow."""
        incoming, transport = self.incoming, self._transport
        return (
            transport is not None
            and incoming.complete
            and incoming.keep_alive
            and not incoming.surplus
            and not incoming.pieces
            and not transport.is_closing()
            # Answered before it was read: the rest of the request would be taken for the next one.
            and not transport.get_write_buffer_size()
        )

    def rest(self, seconds: float) -> None:
        """Wait unused for the next request, but no longer."""
        self._busy = False
        self._alarm.set(self.now() + seconds)

    def abort(self) -> None:
        """End it at once, in the middle of whatever it does."""
        if self._transport is not None:
            self._transport.abort()

    # The transport's callbacks.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        incoming = self.incoming
        if not self._busy or incoming.complete:
            # Nobody has asked.
            incoming.surplus = True
            self.abort()
            return
        self.heard = True
        try:
            incoming.feed(data)
        except Lost as failure:
            self._failure = str(failure)
            self.abort()
        if incoming.surplus:
            self._failure = "sent more than it had announced"
        if incoming.size > HIGH_WATER and not self._paused:
            self._paused = True
            cast(asyncio.Transport, self._transport).pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._paused = False
        self._alarm.cancel()
        ended_well = self.incoming.end() and exc is None
        if self._failure is None and not ended_well:
            self._failure = "broke off the connection" if self.heard else "closed the connection without an answer"
        self._wake()
        self._on_lost(self)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _ring(self) -> None:
        if not self._busy:
            self.abort()
            return
        waiter, self._waiter = self._waiter, None
        # Else it was set for somebody who does not wait any more.
        if waiter is not None and not waiter.done():
            waiter.set_exception(TimeoutError())
