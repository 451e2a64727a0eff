"""What goes out when nothing is wrong: a status, headers, and a body that is whole or a stream of events."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from tests.scriptable_upstream.stamps import Stamp, stamped

Headers = tuple[tuple[str, str], ...]

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """`events`: a whole body is one, and `streamed` is False."""

    status: int
    headers: Headers
    events: tuple[bytes, ...]
    streamed: bool = False

    def raw(self) -> bytes:
        """All of it, as it goes over the wire."""
        if self.streamed:
            framed = b"".join(map(chunk, self.events))
            return self.head(("Transfer-Encoding", "chunked")) + framed + LAST_CHUNK
        body = b"".join(self.events)
        return self.head(("Content-Length", str(len(body)))) + body

    def head(self, *more: tuple[str, str]) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status} {phrase(self.status)}",
            *(f"{name}: {value}" for name, value in (*self.headers, *more)),
        ]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"

    def stamped(self, stamp: Stamp) -> "Answer":
        """This answer, built with a blank stamp, as one of its own."""
        headers = tuple((name, stamped(value.encode(), stamp).decode()) for name, value in self.headers)
        events = tuple(stamped(event, stamp) for event in self.events)
        return Answer(self.status, headers, events, self.streamed)


LAST_CHUNK = b"0\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """A piece of a body in HTTP's chunked coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def json_answer(value: Any, status: int = 200, headers: Headers = ()) -> Answer:
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Answer(status, (("Content-Type", JSON), *headers), (body,))
