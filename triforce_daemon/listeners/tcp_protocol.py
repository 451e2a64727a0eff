"""HTTP on a TCP port: anybody may be at the other end, so what he sends is counted, timed and read strictly."""

import logging
from http import HTTPStatus
from typing import Any, Literal, cast

import httptools
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from triforce_daemon.errors import InvalidRequest, PayloadTooLarge, RequestTimeout, TooManyConnections, TriforceError
from triforce_daemon.listeners.crowd import Seat
from triforce_daemon.listeners.pace import Pace
from triforce_daemon.listeners.protocols import Connections, MarkedProtocol
from triforce_daemon.listeners.request_head import check_head, head_too_large
from triforce_daemon.routes.refusal import write_error

log = logging.getLogger(__name__)

#: What the parser's callbacks raise over what the other end sent; all else is a mistake of ours.
_OF_THE_CLIENT = (TriforceError, httptools.HttpParserError, UnicodeDecodeError)


class TcpProtocol(MarkedProtocol):
    """A connection of the http listener. What it cannot be told in an answer ends it."""

    listener = "http"
    #: Its place among the others, where it was given one before HTTP began.
    seat: Seat | None = None

    def connection_made(self, transport: Any) -> None:
        self._limits = cast(Connections, self.server_state).limits
        self._pace = Pace(self.loop, self._too_slow, lambda: self.flow.read_paused)
        #: What is being read: nothing for the first time or again, the head of a request, its body, or the rest of
        #: what has its answer already.
        self._reading: Literal["first", "nothing", "head", "body", "rest"] = "first"
        self._deaf = False
        super().connection_made(transport)
        if self.seat is None:
            self.seat = cast(Connections, self.server_state).crowd.enter(self.client[0] if self.client else "")
        if self.seat is None:
            transport.write(whole_answer(too_many()))
            transport.close()
            self._deaf = True
            return
        self._pace.start(self._limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._pace.close()
        if self.seat is not None:
            self.seat.leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        parser = self.parser
        self._pace.taken += len(data)
        if self._deaf or parser is None:
            self._count()
            return
        self._unset_keepalive_if_required()
        if self._reading in ("first", "nothing"):
            self._await_head(again=self._reading == "nothing")
        try:
            parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Nothing else is spoken here. What was asked is answered, and then that was it.
            self._deaf = True
            self.cycle.keep_alive = False
        except httptools.HttpParserError as error:
            self._refuse(_fault(error))
        else:
            self._count()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._reading != "head":
            self._await_head(again=True)

    def on_header(self, name: bytes, value: bytes) -> None:
        # After the head there are only trailers, which nobody reads.
        if self._reading == "head":
            name = name.lower()
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        version = cast(httptools.HttpRequestParser, self.parser).get_http_version()
        check_head(self.url, self.headers, version, self._limits)
        self._reading = "body"
        self._pace.start(self._limits.body_seconds, self._limits.body_bytes_a_second)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._pace.stop()
        if self._reading == "rest":
            self.await_another()
        self._reading = "nothing"
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._reading == "body" and self.cycle.response_complete:
            self._linger()

    def _await_head(self, again: bool) -> None:
        self._reading = "head"
        if again:
            self._pace.start(self._limits.head_seconds)

    def _linger(self) -> None:
        """Whoever closes while the other end still sends takes from it the answer that it has not read yet."""
        self._reading = "rest"
        self._pace.start(self._limits.linger_seconds)

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
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is None or cycle.response_complete:
            self._tell(error)
        elif not cycle.more_body:
            # It is the one behind it that is wrong: this one is answered.
            cycle.keep_alive = False
        elif cycle.response_started or self.pipeline:
            self.transport.abort()
        else:
            self._tell(error)

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


def whole_answer(error: TriforceError) -> bytes:
    """An error as an answer of HTTP, for where no request is that the app could answer."""
    content = write_error(error, None)
    again = b"retry-after: %d\r\n" % (error.retry_after_ms // 1_000) if error.retry_after_ms else b""
    return (
        b"HTTP/1.1 %d %s\r\n" % (error.status, HTTPStatus(error.status).phrase.encode())
        + b"content-type: application/json\r\nx-content-type-options: nosniff\r\ncache-control: no-store\r\n"
        + again
        + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(content)
        + content
    )


def _fault(error: httptools.HttpParserError) -> TriforceError:
    """What to tell of what the parser, or a callback of it, did not take."""
    cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
    if isinstance(cause, TriforceError):
        return cause
    if not isinstance(cause, _OF_THE_CLIENT):
        log.error("the head of a request was not understood", exc_info=error)
    return InvalidRequest("The request is not HTTP as this daemon reads it.", "Send HTTP/1.1 as RFC 9112 has it.")
