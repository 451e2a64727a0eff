"""Chats without end, from so many connections, each asking again when it is answered, however that ended."""

import asyncio
import json
from collections import Counter
from typing import Any, cast

import httptools
import uvloop

#: One in so many leaves before the end.
LEAVES = 50


class Load:
    """`statuses` counts what was answered; 0: the connection ended instead."""

    def __init__(self, port: int, token: str, model: str, at_once: int, pause: float = 0.0) -> None:
        """`pause`: so long each waits before it asks again, in seconds."""
        self.statuses: Counter[int] = Counter()
        self.done = 0
        self.pause = pause
        self._port, self._at_once = port, at_once
        self._requests = [_request(port, token, model, stream=stream) for stream in (False, True)]
        self._goal = self._open = 0
        self._over: asyncio.Event

    def run(self, goal: int) -> None:
        """Until so many have been asked; then all connections are closed."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run(goal))

    async def _run(self, goal: int) -> None:
        self._goal, self._open, self._over = goal, self._at_once, asyncio.Event()
        for _ in range(self._at_once):
            await self.connect()
        await self._over.wait()

    async def connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: Asker(self), "127.0.0.1", self._port)

    def next(self) -> tuple[bytes, bool] | None:
        """A request, and whether its client leaves; none: it is enough."""
        if self.done >= self._goal:
            return None
        self.done += 1
        return self._requests[self.done % 2], self.done % LEAVES == 0

    def left(self) -> None:
        """One connection is not needed any more."""
        self._open -= 1
        if not self._open:
            self._over.set()


def _request(port: int, token: str, model: str, *, stream: bool) -> bytes:
    asked = {"model": model, "messages": [{"role": "user", "content": "x"}], "stream": stream}
    body = json.dumps(asked).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n"
    return head.encode() + b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body) + body


class Asker(asyncio.Protocol):
    def __init__(self, load: Load) -> None:
        self._load = load
        self._asking = self._finished = self._leaves = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._asking:
            self._load.statuses[0] += 1
        if self._finished:
            self._load.left()
        else:
            self._again = asyncio.get_running_loop().create_task(self._load.connect())

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()
            return
        if not self._asking:
            self._pause() if self._parser.should_keep_alive() else self._transport.close()
        elif self._leaves:
            self._answered()
            self._transport.abort()

    def on_message_complete(self) -> None:
        self._answered()

    def _answered(self) -> None:
        self._asking = False
        self._load.statuses[self._parser.get_status_code()] += 1

    def _pause(self) -> None:
        if self._load.pause:
            asyncio.get_running_loop().call_later(self._load.pause, self._ask)
        else:
            self._ask()

    def _ask(self) -> None:
        if self._transport.is_closing():
            return
        following = self._load.next()
        if following is None:
            self._finished = True
            self._transport.close()
            return
        request, self._leaves = following
        self._asking = True
        self._parser: Any = httptools.HttpResponseParser(self)
        self._transport.write(request)
