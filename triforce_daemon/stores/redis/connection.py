"""The daemon's connection to Redis: made again whenever it breaks; meanwhile every call fails at once."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.faults import RedisFault, RedisUnreachable
from triforce_daemon.stores.redis.reasons import reason
from triforce_daemon.stores.redis.wire import Wire, Word

log = logging.getLogger(__name__)

CONNECT_SECONDS = 2.0
#: Of them, what TLS may take: who does not speak it often says nothing at all.
HANDSHAKE_SECONDS = 1.5
#: The wait before the first attempt to connect again, and the longest one.
FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0
JITTER = (0.8, 1.2)


class RedisConnection:
    def __init__(self, address: Address, tasks: Tasks, patience: float, random: Random) -> None:
        """`patience`: seconds that an answer may take."""
        self.address = address
        #: Why there is no connection; None while there is one.
        self.trouble: str | None = "not connected yet"
        self._tasks = tasks
        self._patience = patience
        self._random = random
        self._wire: Wire | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def connected(self) -> bool:
        return self._wire is not None

    def on_connect(self, told: Callable[[], None]) -> None:
        """`told` is called whenever there is a connection again."""
        self._listeners.append(told)

    async def start(self) -> bool:
        """Connect, and stay so in the background; whether the first attempt has succeeded."""
        first = await self._attempt()
        self._keeper = self._tasks.start(self._keep(first), "redis")
        return first is not None

    def call(self, *command: Word) -> asyncio.Future[Any]:
        """The answer, within the connection's patience. It raises RedisUnreachable and RedisRefused."""
        if self._wire is None:
            future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            future.set_exception(RedisUnreachable(self.trouble or "not connected"))
            return future
        return self._wire.call(*command)

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        if self._wire is not None:
            self._wire.end("the daemon ends")
            # The loop closes the socket in its next turn.
            await asyncio.sleep(0)

    async def _keep(self, broken: asyncio.Future[None] | None) -> None:
        wait = FIRST_WAIT
        while True:
            if broken is not None:
                await broken
                log.warning("redis is lost", extra={"reason": self.trouble})
                wait = FIRST_WAIT
            await asyncio.sleep(wait * self._random.uniform(*JITTER))
            wait = min(wait * 2, LONGEST_WAIT)
            broken = await self._attempt()
            if broken is not None:
                log.info("redis is back")

    async def _attempt(self) -> asyncio.Future[None] | None:
        """What is done when the new connection breaks; None where there is none, and `trouble` says why."""
        broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def lost(why: str) -> None:
            self._wire, self.trouble = None, why
            if not broken.done():
                broken.set_result(None)

        wire = Wire(self._patience, lost)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._dial(wire)
                # Pipelined like all else; the first refusal is the reason.
                await asyncio.gather(*(wire.call(*words) for words in self.address.greeting()))
        except (OSError, RedisFault) as error:
            self.trouble = reason(error, self.address)
            wire.end(self.trouble)
            return None
        except BaseException:
            wire.end("not wanted any more")
            raise
        self._wire, self.trouble = wire, None
        for told in self._listeners:
            told()
        return broken

    async def _dial(self, wire: Wire) -> None:
        loop, address = asyncio.get_running_loop(), self.address
        if address.path is not None:
            await loop.create_unix_connection(lambda: wire, address.path)
        else:
            patience = None if address.tls is None else HANDSHAKE_SECONDS
            await loop.create_connection(
                lambda: wire, address.host, address.port, ssl=address.tls, ssl_handshake_timeout=patience
            )
