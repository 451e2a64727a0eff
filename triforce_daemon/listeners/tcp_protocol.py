"""HTTP on a TCP port: anybody may be at the other end, so what he sends is counted, timed and read strictly."""

import asyncio
from typing import Literal

import httptools

from triforce_daemon.errors import PayloadTooLarge, RequestTimeout, TooManyConnections, TriforceError
from triforce_daemon.listeners.crowd import Seat
from triforce_daemon.listeners.fault import fault_of, whole_answer
from triforce_daemon.listeners.pace import Pace
from triforce_daemon.listeners.protocols import HttpProtocol
from triforce_daemon.listeners.request_head import check_head, head_too_large

Reading = Literal["first", "nothing", "head", "body", "rest"]


class TcpProtocol(HttpProtocol):
    """A connection of the http listener. What it cannot be told in an answer ends it."""

    listener = "http"
    #: Its place among the others, where it was given one before HTTP began.
    seat: Seat | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._limits = self.server_state.limits
        #: What is being read: nothing for the first time or again, the head of a request, its body, or the rest of
        #: what has its answer already; and which of these is being timed.
        self._reading: Reading = "first"
        self._timed: Reading = "nothing"
        self._deaf = False
        super().connection_made(transport)
        self._pace = Pace(self.loop, self._too_slow, self.flow)
        if self.seat is None:
            self.seat = self.server_state.crowd.enter(self.client[0] if self.client else "")
        if self.seat is None:
            self.transport.write(whole_answer(too_many()))
            self.transport.close()
            self._deaf = True
            return
        self._time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._pace.close()
        if self.seat is not None:
            self.seat.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._pace.taken += len(data)
        if self._deaf or self.parser is None:
            self._count()
            return
        if self._reading == "first":
            # Its time runs since the connection was made.
            self._reading = self._timed = "head"
        elif self._reading == "nothing":
            self._reading = "head"
        try:
            super().data_received(data)
        except httptools.HttpParserError as error:
            self._refuse(fault_of(error))
            return
        # A request that came whole needs no time of its own.
        if self._reading != self._timed:
            self._time()
        self._count()

    def decline(self) -> None:
        self._reading = "body"
        super().decline()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._reading != "head":
            # It came with the end of the one before it, whose time is over.
            self._pace.stop()
            self._reading, self._timed = "head", "nothing"

    def on_header(self, name: bytes, value: bytes) -> None:
        # After the head there are only trailers, which nobody reads.
        if self._reading == "head":
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        check_head(self.url, self.headers, self.parser.get_http_version(), self._limits)
        self._reading = "body"
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._reading == "rest":
            self.await_another()
        self._reading = "nothing"
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._reading == "body" and self.cycle is not None and self.cycle.response_complete:
            self._linger()

    def _time(self) -> None:
        """From now on, what is being read."""
        limits = self._limits
        if self._reading in ("first", "head"):
            self._pace.start(limits.head_seconds)
        elif self._reading == "body":
            self._pace.start(limits.body_seconds, limits.body_bytes_a_second)
        elif self._reading == "rest":
            self._pace.start(limits.linger_seconds)
        else:
            self._pace.stop()
        self._timed = self._reading

    def _linger(self) -> None:
        """Whoever closes while the other end still sends takes from it the answer that it has not read yet."""
        self._reading = "rest"
        self._time()

    def _count(self) -> None:
        taken = self._pace.taken
        if self._reading == "head" and taken > self._limits.head_bytes:
            self._refuse(head_too_large(self._limits))
        elif self._reading == "body" and taken > self._limits.body_bytes:
            self._refuse(PayloadTooLarge("The request's body does not end.", "Send less."))
        elif self._reading == "rest" and taken > self._limits.linger_bytes:
            self.transport.close()

    def _too_slow(self) -> None:
        if self._reading in ("first", "rest"):
            self.transport.close()
        else:
            self._refuse(RequestTimeout(f"The request's {self._reading} took too long.", "Send it again, faster."))

    def _refuse(self, error: TriforceError) -> None:
        """Say so where an answer can stand, and read no more of this connection."""
        self._deaf = True
        self._pace.stop()
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            self._tell(error)
        elif not cycle.more_body:
            # It is the one behind it that is wrong: this one is answered.
            self.answer_no_other()
        elif cycle.response_started or self.pipeline:
            self.transport.abort()
        else:
            self._tell(error)
            # The app has no say any more.
            cycle.leave()

    def _tell(self, error: TriforceError) -> None:
        self.transport.write(whole_answer(error))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._linger()


class SecureProtocol(TcpProtocol):
    """A connection of the https listener, once it is encrypted."""

    listener = "https"


def too_many() -> TooManyConnections:
    return TooManyConnections("There are too many connections.", "Try again.", retry_after_ms=1_000)
