"""Events on their way to one client: put in without waiting, sent in order, several at a time when they pile up."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import orjson

#: Events that may wait for a slow client before the answer waits for it.
BACKLOG = 1_024


class Outbox:
    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._closed = False

    def put(self, event: Mapping[str, object]) -> None:
        """Hand in an event; never waits."""
        self._waiting.append(orjson.dumps(event))
        self._changed.set()
        if len(self._waiting) >= BACKLOG:
            self._room.clear()

    async def room(self) -> None:
        """Wait until the client has caught up."""
        await self._room.wait()

    def close(self) -> None:
        """Nothing more comes; what waits is still sent."""
        self._closed = True
        self._changed.set()

    async def batches(self, patience: float) -> AsyncIterator[list[bytes]]:
        """All that waits, again and again, until the box is closed and empty; an empty batch after each `patience`
        seconds without an event, once there was one."""
        begun = False
        while True:
            try:
                async with asyncio.timeout(patience if begun else None):
                    await self._changed.wait()
            except TimeoutError:
                yield []
                continue
            self._changed.clear()
            batch, self._waiting = self._waiting, []
            self._room.set()
            if batch:
                begun = True
                yield batch
            if self._closed and not self._waiting:
                return
