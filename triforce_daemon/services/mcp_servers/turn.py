"""One call's turn at a mounted server: its time and its place, which others have while its caller is asked."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Turn:
    def __init__(self, seconds: float, room: asyncio.Semaphore) -> None:
        self._seconds = seconds
        self._room = room
        self._limit = asyncio.timeout(None)
        self._holds = False
        self._stopped = False
        self._over = False
        self._pauses = 0
        self._left = 0.0

    @asynccontextmanager
    async def taken(self) -> AsyncGenerator[None]:
        """From waiting for a place to the end. Raises TimeoutError."""
        async with asyncio.timeout(self._seconds) as self._limit:
            await self._room.acquire()
            self._holds = True
            try:
                yield
            finally:
                self._over = True
                self._give_back()

    @asynccontextmanager
    async def paused(self) -> AsyncGenerator[None]:
        """Neither the time of the call goes on meanwhile, nor does it stand in the way of others."""
        if not self._pauses and self._holds:
            self._stop()
        self._pauses += 1
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses and self._stopped and not self._over:
                await self._go_on()

    def _stop(self) -> None:
        ends = self._limit.when()
        self._left = ends - asyncio.get_running_loop().time() if ends is not None else self._seconds
        self._stopped = True
        self._limit.reschedule(None)
        self._give_back()

    def _give_back(self) -> None:
        if self._holds:
            self._holds = False
            self._room.release()

    async def _go_on(self) -> None:
        await self._room.acquire()
        # Its caller may have left, or be asked something else, while it waited.
        if self._over or self._pauses:
            self._room.release()
            return
        self._holds, self._stopped = True, False
        self._limit.reschedule(asyncio.get_running_loop().time() + self._left)
