"""Keeps an event stream open whose first token takes long: whoever stands in between gives up on silence."""

import asyncio
from typing import Self

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.routes.exchange import KEEP_ALIVE_SECONDS, SSE, Exchange
from triforce_daemon.runtime.tasks import Tasks

#: Google's own client takes a comment for the beginning of an error, and passes over empty lines.
_NOTHING = {"gemini": b"\n"}


class Patience:
    """From entering until `over`, says again and again that the daemon is there. The answer may still come from
    anybody: nothing is said of it. What fails from the first comment on has to be told within the stream."""

    def __init__(self, exchange: Exchange, dialect: Dialect) -> None:
        self._exchange = exchange
        self._dialect = dialect
        self._speaking: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        self._timer = asyncio.get_running_loop().call_later(KEEP_ALIVE_SECONDS, self._begin)
        return self

    def __exit__(self, *_: object) -> None:
        self.over()

    def over(self) -> None:
        """From now on the answer speaks for itself: who is cancelled writes nothing more."""
        self._timer.cancel()
        if self._speaking is not None:
            self._speaking.cancel()

    def _begin(self) -> None:
        # Other formats than that of events have no way to say nothing.
        if self._dialect.content_type == SSE:
            self._speaking = self._exchange.part(Tasks).start(self._speak(), "patience")

    async def _speak(self) -> None:
        nothing = _NOTHING.get(self._dialect.name, sse.COMMENT)
        await self._exchange.start_stream()
        while True:
            await self._exchange.write(nothing)
            await asyncio.sleep(KEEP_ALIVE_SECONDS)
