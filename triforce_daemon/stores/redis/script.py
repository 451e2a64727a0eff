"""A script that Redis runs as one step: sent by its digest, and in full where Redis does not know it yet."""

import asyncio
from collections.abc import Sequence
from hashlib import sha1
from typing import Any

from triforce_daemon.stores.redis.connection import RedisConnection
from triforce_daemon.stores.redis.faults import RedisRefused
from triforce_daemon.stores.redis.wire import Word


class Script:
    def __init__(self, connection: RedisConnection, text: str) -> None:
        self._connection = connection
        self._text = text
        self._digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

    async def __call__(self, keys: Sequence[str], values: Sequence[Word]) -> Any:
        """What the script returns. Raises RedisUnreachable and RedisRefused."""
        try:
            return await self.send(keys, values)
        except RedisRefused as error:
            if error.code != "NOSCRIPT":
                raise
        return await self._connection.call("EVAL", self._text, len(keys), *keys, *values)

    def send(self, keys: Sequence[str], values: Sequence[Word]) -> asyncio.Future[Any]:
        """The same at once, for whom nobody waits; RedisRefused also where Redis does not know the script."""
        return self._connection.call("EVALSHA", self._digest, len(keys), *keys, *values)
