"""What was asked, and what became of it: the newest requests, kept within bounds."""

import base64
import json
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from tests.scriptable_upstream.http_request import Request

Ended = Literal["answered", "cut", "hung up"]


@dataclass
class Recorded:
    """A request and its fate. Times are those of the monotonic clock, the same in every process of a machine."""

    number: int
    request: Request
    connection: int
    at: float
    provider: str = ""
    kind: str = ""
    model: str = ""
    key: str = ""
    behaviour: str = "ok"
    status: int | None = None
    events_sent: int = 0
    bytes_sent: int = 0
    ended: Ended | None = None
    ended_at: float | None = None

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def path(self) -> str:
        return self.request.decoded_path

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return self.request.headers

    @property
    def body(self) -> bytes:
        return self.request.body

    @cached_property
    def json(self) -> Any:
        """Raises ValueError where the body is no JSON."""
        return self.request.json

    @property
    def hung_up_at(self) -> float | None:
        """When the client left before the answer was complete."""
        return self.ended_at if self.ended == "hung up" else None

    @property
    def open(self) -> bool:
        return self.ended is None

    def header(self, name: str) -> str | None:
        """The first value of a header; `name` in lower case."""
        return self.request.header(name)

    def end(self, how: Ended) -> None:
        """Only the first end counts."""
        if self.ended is None:
            self.ended, self.ended_at = how, time.monotonic()

    def as_json(self) -> dict[str, Any]:
        """For a reader in another process; a body that is no text is given as `body_base64`."""
        said = {
            name: getattr(self, name)
            for name in (
                *("number", "connection", "at", "method", "path", "query", "headers", "provider", "kind", "model"),
                *("key", "behaviour", "status", "events_sent", "bytes_sent", "ended", "ended_at", "hung_up_at"),
            )
        }
        try:
            return said | {"body": self.body.decode()}
        except UnicodeDecodeError:
            return said | {"body_base64": base64.b64encode(self.body).decode()}


class Records:
    """The newest requests; the oldest are forgotten when there are too many of them, or their bodies too large."""

    def __init__(self, most: int = 20_000, most_bytes: int = 256 << 20) -> None:
        self.total = 0
        self._kept: deque[Recorded] = deque()
        self._bytes = 0
        self.most, self.most_bytes = most, most_bytes

    def __iter__(self) -> Iterator[Recorded]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, place: int) -> Recorded:
        return self._kept[place]

    @property
    def last(self) -> Recorded:
        """Raises IndexError while there is none."""
        return self._kept[-1]

    def of(self, **wanted: Any) -> list[Recorded]:
        """Those with these values: `records.of(provider="groq", kind="chat")`."""
        return [kept for kept in self._kept if all(getattr(kept, name) == value for name, value in wanted.items())]

    def add(self, request: Request, connection: int) -> Recorded:
        recorded = Recorded(self.total, request, connection, time.monotonic())
        self.total += 1
        self._kept.append(recorded)
        self._bytes += len(request.body)
        while len(self._kept) > self.most or (self._bytes > self.most_bytes and len(self._kept) > 1):
            self._bytes -= len(self._kept.popleft().body)
        return recorded

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0

    def as_json(self, since: int = 0, keep: Callable[[Recorded], bool] = lambda _: True) -> bytes:
        """From the request with this number on."""
        chosen = [kept.as_json() for kept in self._kept if kept.number >= since and keep(kept)]
        return json.dumps({"total": self.total, "requests": chosen}).encode()
