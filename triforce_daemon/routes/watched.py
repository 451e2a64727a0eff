"""Work that ends when nobody waits for it any more."""

import asyncio
from types import TracebackType
from typing import Any, cast

from triforce_daemon.errors import Draining
from triforce_daemon.runtime.hang_up import HangUp
from triforce_daemon.runtime.lifecycle import Lifecycle


class ClientGone(Exception):
    """Nobody is there any more to be answered."""


class Watched:
    """What runs inside is cancelled when the client leaves, or when the daemon can wait no longer.

    Raises ClientGone or Draining then.
    """

    __slots__ = ("_answering", "_hang_up", "_reason", "_task")

    def __init__(self, hang_up: HangUp, lifecycle: Lifecycle) -> None:
        self._hang_up = hang_up
        self._answering = lifecycle.answering(self._cut)
        self._task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._reason: Exception | None = None

    async def __aenter__(self) -> None:
        if self._hang_up.happened:
            raise ClientGone
        self._hang_up.tell(self._left)
        self._answering.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._answering.__exit__(kind, error, traceback)
        self._hang_up.forget(self._left)
        if isinstance(error, asyncio.CancelledError) and self._reason is not None:
            self._task.uncancel()
            raise self._reason from None

    def _left(self) -> None:
        self._end(ClientGone())

    def _cut(self) -> None:
        self._end(Draining("The daemon is stopping; this answer was cut short.", "Send the request again."))

    def _end(self, reason: Exception) -> None:
        if self._reason is None:
            self._reason = reason
            self._task.cancel()
