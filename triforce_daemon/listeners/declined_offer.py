"""The body of a request that offers to speak another protocol, as Java's client does with each of its first ones.

Nobody has to accept such an offer (RFC 9110, 7.8), and then the request is one like any other. But httptools takes
what follows the head of such a request for the other protocol, and hands out none of it.
"""

from typing import Protocol

import httptools

#: What says where a body ends.
_FRAMING = (b"content-length", b"transfer-encoding")


class Listener(Protocol):
    headers: list[tuple[bytes, bytes]]

    def on_body(self, body: bytes) -> None: ...

    def on_message_complete(self) -> None: ...


class DeclinedOffer:
    """In place of the parser: reads this body, and passes over what comes behind it."""

    def __init__(self, listener: Listener, method: bytes) -> None:
        """`listener` holds the headers of the request's head, which was read. Raises HttpParserError."""
        self._listener = listener
        self._complete = False
        self._parser = httptools.HttpRequestParser(self)
        # What follows a CONNECT is never a body.
        framing = [header for header in listener.headers if header[0] in _FRAMING and method != b"CONNECT"]
        self.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % header for header in framing))

    def feed_data(self, data: bytes) -> None:
        """Raises HttpParserError where the body is none."""
        try:
            if not self._complete:
                self._parser.feed_data(data)
        except httptools.HttpParserError:
            # What is wrong stands behind it.
            if not self._complete:
                raise

    def on_body(self, body: bytes) -> None:
        if not self._complete:
            self._listener.on_body(body)

    def on_message_complete(self) -> None:
        if not self._complete:
            self._complete = True
            self._listener.on_message_complete()
