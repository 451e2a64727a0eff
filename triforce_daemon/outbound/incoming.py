"""An answer of HTTP/1.1, parsed as its bytes come in; knows nothing of sockets."""

from collections.abc import Iterator, Mapping
from operator import methodcaller
from typing import Any

import httptools

from triforce_daemon.outbound.faults import Lost

#: Bytes that come without a part of the body among them: heads, trailers, what stands between two chunks.
OVERHEAD_LIMIT = 64 << 10
HEADER_LIMIT = 256

_decoded = methodcaller("decode", "latin-1")


class Headers(Mapping[str, str]):
    """Headers by their name in any spelling; one that came several times holds all values, with commas between."""

    __slots__ = ("_raw",)

    def __init__(self, raw: dict[bytes, bytes]) -> None:
        self._raw = raw

    def __getitem__(self, name: str) -> str:
        return self._raw[name.lower().encode("latin-1", "replace")].decode("latin-1")

    def __iter__(self) -> Iterator[str]:
        return map(_decoded, self._raw)

    def __len__(self) -> int:
        return len(self._raw)


class Incoming:
    """One answer after another, each announced by `begin`."""

    __slots__ = (
        "_overhead",
        "_parser",
        "_tunnel",
        "_until_close",
        "complete",
        "head_complete",
        "headers",
        "keep_alive",
        "pieces",
        "size",
        "status",
        "surplus",
    )

    def __init__(self) -> None:
        #: None once the connection has ended: the two hold each other.
        self._parser: Any = httptools.HttpResponseParser(self)
        self.status = 0
        #: Whether another request may follow on this connection.
        self.keep_alive = False
        #: Whether bytes came behind the answer's end.
        self.surplus = False
        #: What has come of the body and was not taken yet, and its size.
        self.pieces: list[bytes] = []
        self.size = 0
        self._until_close = False
        self.begin()

    def begin(self, *, tunnel: bool = False) -> None:
        """Expect an answer; `tunnel`: to a CONNECT, which ends with its head where it says yes.

        The answer before it, if any, was taken to its end, and nothing came behind that.
        """
        self.headers: dict[bytes, bytes] = {}
        self.head_complete = False
        self.complete = False
        self._overhead = 0
        self._tunnel = tunnel

    def feed(self, data: bytes) -> None:
        """Parse the next bytes. Raises Lost for what is no answer, or none that ends."""
        size = self.size
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self.complete:
                raise Lost("sent something that is not an HTTP answer") from None
            self.surplus = True
        if self.size != size:
            self._overhead = 0
            return
        self._overhead += len(data)
        if self._overhead > OVERHEAD_LIMIT:
            raise Lost("sent headers that do not end")

    def end(self) -> bool:
        """The connection was closed, nothing more is fed; whether that is the answer's regular end."""
        self._parser = None
        if self._until_close:
            self.complete = True
        return self.complete

    def take(self) -> bytes:
        """What has come of the body; nothing of it is kept."""
        taken = b"".join(self.pieces)
        self.pieces = []
        self.size = 0
        return taken

    # The parser's callbacks.

    def on_message_begin(self) -> None:
        self.surplus = self.complete

    def on_header(self, name: bytes, value: bytes) -> None:
        if self.head_complete:
            # A trailer.
            return
        headers = self.headers
        name = name.lower()
        if name in headers:
            value = headers[name] + b", " + value
        headers[name] = value
        if len(headers) > HEADER_LIMIT:
            raise ValueError

    def on_headers_complete(self) -> None:
        if self.complete:
            return
        status = self._parser.get_status_code()
        if status < 200:
            # 100 Continue and its kind: the answer itself follows.
            self.headers = {}
            return
        self.status = status
        self.head_complete = True
        self.keep_alive = self._parser.should_keep_alive()
        headers = self.headers
        if self._tunnel and status < 300:
            self.complete = True
        elif status not in (204, 304) and b"content-length" not in headers:
            self._until_close = not headers.get(b"transfer-encoding", b"").lower().endswith(b"chunked")

    def on_body(self, body: bytes) -> None:
        if not self.complete:
            self.pieces.append(body)
            self.size += len(body)

    def on_message_complete(self) -> None:
        if self.head_complete:
            self.complete = True
