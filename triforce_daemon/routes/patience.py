"""Keeps an event stream open whose first token takes long: whoever stands in between gives up on silence."""

import asyncio
from types import TracebackType

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.routes.exchange import KEEP_ALIVE_SECONDS, SSE, Exchange
from triforce_daemon.runtime.tasks import Tasks

#: Google's own client takes a comment for the beginning of an error, and passes over empty lines.
_NOTHING = {"gemini": b"\n"}


class Patience:
    """From entering until `over`, says again and again that the daemon is there. The answer may still come from
    anybody: nothing is said of it. What fails from the first comment on has to be told within the stream."""

    __slots__ = ("_exchange", "_nothing", "_speaking", "_timer")

    def __init__(self, exchange: Exchange, dialect: Dialect) -> None:
        self._exchange = exchange
        # Other formats than that of events have no way to say nothing.
        self._nothing = _NOTHING.get(dialect.name, sse.COMMENT) if dialect.content_type == SSE else b""
        self._timer: asyncio.TimerHandle | None = None
        self._speaking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Patience":
        if self._nothing:
            self._timer = asyncio.get_running_loop().call_later(KEEP_ALIVE_SECONDS, self._begin)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.over()

    async def over(self) -> None:
        """From now on the answer speaks for itself."""
        if self._timer is not None:
            self._timer.cancel()
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.wait([self._speaking])

    def _begin(self) -> None:
        self._speaking = self._exchange.part(Tasks).start(self._speak(), "patience")

    async def _speak(self) -> None:
        await self._exchange.start_stream()
        while True:
            await self._exchange.write(self._nothing)
            await asyncio.sleep(KEEP_ALIVE_SECONDS)
