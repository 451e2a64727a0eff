"""One connection to Redis onto which everybody's commands are pipelined.

Commands of the same turn of the loop leave in one write, so that a busy daemon pays for one system call and one
wake-up per turn. Answers come in the order of the commands; so the oldest alone is watched by a clock. As long as
others are answered it may take twice as long: then there is a crowd, and nobody is dead.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, cast

import hiredis

from triforce_daemon.stores.redis.faults import RedisFault, RedisRefused, RedisUnreachable

Word = str | bytes | int
#: A loop that was held up hears of the time first, and then of what has come: so much later it is looked again.
_ONCE_MORE = 0.02
#: Its own type has it take a single word.
_packed = cast(Callable[[tuple[Word, ...]], bytes], hiredis.pack_command)  # pyright: ignore[reportUnknownMemberType]


class Wire(asyncio.Protocol):
    def __init__(self, patience: float, lost: Callable[[str], None]) -> None:
        """`patience`: seconds that an answer may take; then the connection is given up. `lost` hears why it ended."""
        self._loop = asyncio.get_running_loop()
        self._reader = hiredis.Reader(protocolError=RedisUnreachable, replyError=RedisRefused)
        self._patience = patience
        self._lost = lost
        self._waiting: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._leaving: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._ended = False
        self._heard = 0.0
        self._again = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._ended:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.end(f"the connection broke: {exc}" if exc else "Redis closed the connection")

    def data_received(self, data: bytes) -> None:
        reader, waiting = self._reader, self._waiting
        self._heard = self._loop.time()
        try:
            reader.feed(data)
            while (answer := reader.gets()) is not False:
                future, _ = waiting.popleft()
                if future.done():
                    continue
                if isinstance(answer, RedisFault):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        except (RedisUnreachable, IndexError) as error:
            self.end(f"what came is no answer of Redis: {error}")

    def call(self, *command: Word) -> asyncio.Future[Any]:
        """The answer, as bytes, integers and lists. It raises RedisUnreachable and RedisRefused."""
        future: asyncio.Future[Any] = self._loop.create_future()
        if self._ended:
            future.set_exception(RedisUnreachable("the connection has ended"))
            return future
        if not self._leaving:
            self._loop.call_soon(self._flush)
            if self._watch is None:
                self._watch = self._loop.call_later(self._patience, self._look)
        self._leaving.append(_packed(command))
        self._waiting.append((future, self._loop.time() + self._patience))
        return future

    def end(self, why: str) -> None:
        """Nobody waits any longer; once."""
        if self._ended:
            return
        self._ended = True
        if self._watch is not None:
            self._watch.cancel()
        if self._transport is not None:
            self._transport.abort()
        self._lost(why)
        for future, _ in self._waiting:
            if not future.done():
                future.set_exception(RedisUnreachable(why))
        self._waiting.clear()

    def _flush(self) -> None:
        if self._transport is not None and not self._ended:
            self._transport.write(b"".join(self._leaving))
        self._leaving.clear()

    def _look(self) -> None:
        """Whether the oldest command has waited for too long."""
        self._watch = None
        if not self._waiting:
            return
        now, due = self._loop.time(), self._waiting[0][1]
        left = min(max(due, self._heard + self._patience), due + self._patience) - now
        if left <= 0 and self._again:
            self.end(f"Redis did not answer within {self._patience:g} s")
            return
        self._again = left <= 0
        self._watch = self._loop.call_later(max(left, _ONCE_MORE), self._look)
