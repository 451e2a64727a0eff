"""One connection: reads requests, has them answered one after another, and sees when the client leaves."""

import array
import asyncio
import fcntl
import socket
import struct
import termios
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from tests.scriptable_upstream.behaviour import Cut
from tests.scriptable_upstream.http_request import BadRequest, Request, RequestReader
from tests.scriptable_upstream.performance import Performance
from tests.scriptable_upstream.records import Recorded

BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
#: How long what was written may take to arrive before the connection is cut all the same.
DELIVERY = 1.0
RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Prompt:
    """An answer without any fault: all its bytes."""

    data: bytes
    record: Recorded


Serve = Callable[[Request, "Connection"], Prompt | Performance]


class Connection(asyncio.Protocol):
    """`serve` says what a request gets; `failed` hears of what should not have happened."""

    def __init__(
        self, number: int, serve: Serve, failed: Callable[[BaseException], None], gone: Callable[["Connection"], None]
    ) -> None:
        self.number = number
        self._serve, self._failed, self._gone = serve, failed, gone
        self._reader = RequestReader()
        self._waiting: deque[Request] = deque()
        self._playing: asyncio.Task[None] | None = None
        self._record: Recorded | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    # What asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is none by its class.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        try:
            self._waiting.extend(self._reader.feed(data))
        except BadRequest:
            self._transport.write(BAD_REQUEST)
            self._transport.close()
            return
        if self._reader.wants_continue:
            self._reader.wants_continue = False
            self._transport.write(CONTINUE)
        self._go_on()

    def eof_received(self) -> None:
        self._left()

    def connection_lost(self, exc: Exception | None) -> None:
        self._left()
        self._waiting.clear()
        self._writable.set()
        if self._playing:
            self._playing.cancel()
        self._gone(self)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # What a performance does

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    async def drain(self) -> None:
        await self._writable.wait()

    async def cut(self, how: Cut) -> None:
        await self._delivered()
        if how == "rst":
            self._socket().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._transport.abort()
        else:
            self._transport.close()

    def abort(self) -> None:
        """At once, whatever is under way."""
        self._transport.abort()

    @property
    def idle(self) -> bool:
        return self._playing is None and self._reader.idle

    def _go_on(self) -> None:
        while self._waiting and self._playing is None and not self._transport.is_closing():
            request = self._waiting.popleft()
            played = self._serve(request, self)
            if isinstance(played, Prompt):
                self._transport.write(played.data)
                played.record.end("answered")
                if not request.keep_alive:
                    self._transport.close()
            else:
                self._record = played.record
                self._playing = asyncio.get_running_loop().create_task(self._play(played, request.keep_alive))

    async def _play(self, performance: Performance, keep_alive: bool) -> None:
        try:
            await performance.play()
        except asyncio.CancelledError:
            # Only connection_lost cancels: the client is gone, and nobody waits for this task.
            return
        except Exception as error:  # noqa: BLE001 - a fault of this server, which the test that runs it must see
            self._failed(error)
            self._transport.abort()
            return
        self._playing = self._record = None
        if not keep_alive:
            self._transport.close()
        self._go_on()

    def _left(self) -> None:
        if self._record:
            self._record.end("hung up")

    async def _delivered(self) -> None:
        """Until the client's machine has all bytes: a reset would overtake them."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + DELIVERY
        while (self._transport.get_write_buffer_size() or self._in_kernel()) and loop.time() < deadline:
            await asyncio.sleep(0.001)

    def _in_kernel(self) -> int:
        unsent = array.array("i", [0])
        if self._socket().family != socket.AF_UNIX:
            fcntl.ioctl(self._socket().fileno(), termios.TIOCOUTQ, unsent)
        return unsent[0]

    def _socket(self) -> socket.socket:
        return self._transport.get_extra_info("socket")
