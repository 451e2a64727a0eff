"""One request and its answer on a connection: the answer's head is put together from lines that are written once."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    RequestResponseCycle,
)

_END = b"\r\n"
#: Lines that are remembered: most of each answer's are those of the one before.
_LINES = 512


class Cycle(RequestResponseCycle):
    """Uvicorn's, but for the head of an answer, on whose lines it spends more than on all else."""

    async def send(self, message: Any) -> None:
        if self.response_started or message["type"] != "http.response.start":
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        self.response_started = True
        self.waiting_for_100_continue = False
        self.transport.write(self._head(message["status"], message.get("headers", ())))

    def _head(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Raises RuntimeError for what no header may hold. Their names are in small letters, as ASGI has them."""
        lines = [STATUS_LINE[status]]
        for name, value in headers:
            lines.append(_line(name, value))
            if name == b"content-length":
                self.expected_content_length = int(value)
                self.chunked_encoding = False
            elif name == b"connection" and value.lower() == b"close":
                self.keep_alive = False
                lines.pop()
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in (204, 304):
            self.chunked_encoding = True
            lines.append(b"transfer-encoding: chunked\r\n")
        lines.append(_END)
        return b"".join(lines)


@lru_cache(_LINES)
def _line(name: bytes, value: bytes) -> bytes:
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError("An answer has a header that cannot be sent.")
    return b"%b: %b\r\n" % (name, value)
