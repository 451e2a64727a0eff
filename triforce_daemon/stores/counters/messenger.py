"""Tells Redis what it is owed: one message after the other, along with what it is asked where that is soon enough."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

from triforce_daemon.stores.counters.in_redis import InRedis
from triforce_daemon.stores.counters.owed import Owed

#: What may be told later waits so long at most for something that Redis is asked.
LATER_SECONDS = 0.005


class Messenger:
    def __init__(self, redis: InRedis, owed: Owed, failed: Callable[[], None]) -> None:
        """`failed` hears when a message was not heard: `tell_all` is how it is told again."""
        self._redis = redis
        self._owed = owed
        self._failed = failed
        #: A message is on its way, or Redis is away.
        self._busy = False
        #: What has come since is to be told as soon as that was heard.
        self._more = False
        self._timer: asyncio.TimerHandle | None = None

    def tell(self) -> None:
        """Tell what is owed, all but at once. Never waits, and never fails."""
        if self._busy:
            self._more = True
        elif (message := self._owed.message()) is not None:
            self._busy = True
            self._redis.tell(message).add_done_callback(partial(self._answered, message.number))

    def tell_along(self) -> None:
        """Redis is about to be asked for something, which leaves in the same write."""
        if not self._busy:
            self.tell()

    def tell_later(self) -> None:
        """Tell it along with what is asked next, or in a few milliseconds."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LATER_SECONDS, self._late)

    async def tell_all(self) -> None:
        """Tell what is owed until nothing is. Raises RedisUnreachable and RedisRefused; then nothing is told but so."""
        self._busy = True
        while (message := self._owed.message()) is not None:
            await self._redis.settle(message)
            self._owed.heard(message.number)
        self._busy = self._more = False

    def stop(self) -> None:
        """Redis is away: nothing is told until `tell_all` has succeeded."""
        self._busy = True

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _late(self) -> None:
        self._timer = None
        self.tell()

    def _answered(self, number: int, answer: asyncio.Future[Any]) -> None:
        if answer.exception() is not None:
            self._failed()
            return
        self._owed.heard(number)
        self._busy = False
        if self._more:
            self._more = False
            self.tell()
