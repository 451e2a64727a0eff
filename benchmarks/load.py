"""A load driver: so many connections, each asking again as soon as it was answered, or all of them so many times a
second, whatever is answered. Prints what it saw as JSON.

python -m benchmarks.load PORT PATH BODY [--key KEY] [--connections N] [--seconds S | --requests N] [--rate R]
"""

import argparse
import asyncio
import json
import re
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
#: What begins an event, whichever the dialect; as long as what may be cut in two.
_EVENT = b"data: "


@dataclass
class Seen:
    """Times in microseconds. `gaps`: between two events of a stream; `late`: requests that found no connection free."""

    requests: int = 0
    refused: int = 0
    late: int = 0
    events: int = 0
    seconds: float = 0
    latency: dict[str, float] = field(default_factory=dict[str, float])
    first: dict[str, float] = field(default_factory=dict[str, float])
    gaps: dict[str, float] = field(default_factory=dict[str, float])


def percentiles(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {
        name: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1e6, 1)
        for name, share in (("p50", 0.5), ("p99", 0.99))
    }


class Run:
    """What all connections share."""

    def __init__(self, request: bytes, connections: int, requests: int, seconds: float, rate: float = 0) -> None:
        """`rate`: requests a second; 0: as many as are answered."""
        self.request = request
        self.seen = Seen()
        self.latency: list[float] = []
        self.first: list[float] = []
        self.gaps: list[float] = []
        self._rate = rate
        self._left = requests
        self._open = connections
        self._began = time.perf_counter()
        self._until = self._began + seconds
        self._idle: list[Asker] = []
        self._waiting: deque[float] = deque()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next(self, asker: "Asker") -> None:
        """Have `asker` ask, wait for its turn, or leave."""
        if self._waiting:
            # It counts from when it was due: who is slow is not spared what comes meanwhile.
            asker.ask(self._waiting.popleft())
        elif not self._may_ask():
            asker.leave()
        elif self._rate:
            self._idle.append(asker)
        else:
            self._left -= 1
            asker.ask(time.perf_counter())

    async def pace(self) -> None:
        """Have those ask who are idle, by the clock; returns when all has been asked."""
        due = time.perf_counter()
        while self._may_ask():
            now = time.perf_counter()
            if due > now:
                await asyncio.sleep(due - now)
                continue
            due += 1 / self._rate
            self._left -= 1
            if self._idle:
                self._idle.pop().ask(now)
            else:
                self.seen.late += 1
                self._waiting.append(now)
        while self._idle:
            self._idle.pop().leave()

    def _may_ask(self) -> bool:
        return self._left > 0 and time.perf_counter() < self._until

    def ended(self) -> None:
        self._open -= 1
        if self._open == 0:
            self.done.set_result(None)

    def summary(self) -> Seen:
        seen = self.seen
        seen.requests = len(self.latency)
        seen.seconds = round(time.perf_counter() - self._began, 4)
        seen.latency, seen.first, seen.gaps = percentiles(self.latency), percentiles(self.first), percentiles(self.gaps)
        return seen


class Asker(asyncio.Protocol):
    def __init__(self, run: Run) -> None:
        self._run = run

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._run.next(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.ended()

    def leave(self) -> None:
        self._transport.close()

    def ask(self, began: float) -> None:
        """Send the request, which was due when it `began`."""
        self._received = b""
        self._size = 0
        self._wanted: int | None = None
        self._streams = False
        self._last = 0.0
        self._began = began
        self._transport.write(self._run.request)

    def data_received(self, data: bytes) -> None:
        if not self._size:
            data = self._received + data
            self._received = data
            if not self._read_head(data):
                return
        else:
            self._size += len(data)
        if not self._streams:
            if self._size == self._wanted:
                self._answered()
            return
        self._read_events(data)

    def _read_head(self, data: bytes) -> bool:
        end = data.find(b"\r\n\r\n") + 4
        if end < 4:
            return False
        length = _LENGTH.search(data, 0, end)
        self._streams = length is None
        self._wanted = None if length is None else end + int(length[1])
        self._size = len(data)
        self._received = b""
        if not data.startswith(b"HTTP/1.1 200"):
            self._run.seen.refused += 1
        return True

    def _read_events(self, data: bytes) -> None:
        whole = self._received + data
        count = whole.count(_EVENT)
        self._received = whole[-len(_EVENT) + 1 :]
        if count:
            now = time.perf_counter()
            self._run.seen.events += count
            if self._last:
                self._run.gaps.append(now - self._last)
            else:
                self._run.first.append(now - self._began)
            self._run.gaps += [0.0] * (count - 1)
            self._last = now
        if whole.endswith(b"\r\n0\r\n\r\n"):
            self._answered()

    def _answered(self) -> None:
        self._run.latency.append(time.perf_counter() - self._began)
        self._run.next(self)


def request_of(port: int, path: str, body: str, key: str) -> bytes:
    content = body.encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


async def drive(port: int, request: bytes, connections: int, requests: int, seconds: float, rate: float = 0) -> Seen:
    """Returns when every connection is done. Raises TimeoutError where answers do not come."""
    run = Run(request, connections, requests, seconds, rate)
    loop = asyncio.get_running_loop()
    for _ in range(connections):
        await loop.create_connection(lambda: Asker(run), "127.0.0.1", port)
    async with asyncio.timeout(seconds + 30):
        if rate:
            await run.pace()
        await run.done
    return run.summary()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("body")
    parser.add_argument("--key", default="")
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--requests", type=int, default=1 << 30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=0)
    chosen: Any = parser.parse_args()
    request = request_of(chosen.port, chosen.path, chosen.body, chosen.key)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(drive(chosen.port, request, chosen.connections, chosen.requests, chosen.seconds, chosen.rate))
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()
