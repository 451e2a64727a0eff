"""Work that ends when nobody waits for it any more."""

import asyncio
from collections.abc import Callable
from types import TracebackType

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.presence import Presence
from triforce_daemon.errors import Draining, Unauthenticated
from triforce_daemon.runtime.hang_up import HangUp
from triforce_daemon.runtime.lifecycle import Lifecycle


class ClientGone(Exception):
    """Nobody is there any more to be answered."""


class Watched:
    """What runs inside is cancelled when the client leaves or may not ask any more, or the daemon cannot wait longer.

    Raises ClientGone, Unauthenticated or Draining then.
    """

    __slots__ = ("_answering", "_caller", "_hang_up", "_presence", "_reason", "_task")

    def __init__(
        self, hang_up: HangUp, lifecycle: Lifecycle, presence: Presence, caller: Caller, *, endless: bool = False
    ) -> None:
        """`endless`: it has no end of its own, and is cut as soon as the daemon drains."""
        self._hang_up = hang_up
        self._presence = presence
        self._caller = caller
        self._answering = lifecycle.listening(self._cut) if endless else lifecycle.answering(self._cut)
        self._task = asyncio.current_task()
        #: What says why it ended. It is made where it is raised: kept here it would hold what holds it.
        self._reason: Callable[[], Exception] | None = None

    def __enter__(self) -> None:
        if self._hang_up.happened:
            raise ClientGone
        self._hang_up.tell(self._left)
        self._presence.enter(self._caller, self._locked_out)
        self._answering.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._answering.__exit__(kind, error, traceback)
        self._hang_up.forget(self._left)
        self._presence.leave(self._locked_out)
        if self._reason is not None and self._task is not None and isinstance(error, asyncio.CancelledError):
            self._task.uncancel()
            raise self._reason() from None

    def _left(self) -> None:
        self._end(ClientGone)

    def _locked_out(self) -> None:
        self._end(_revoked)

    def _cut(self) -> None:
        self._end(_draining)

    def _end(self, reason: Callable[[], Exception]) -> None:
        if self._reason is None and self._task is not None:
            self._reason = reason
            self._task.cancel(reason())


def _revoked() -> Unauthenticated:
    return Unauthenticated("Your access was revoked while this was answered.", "Log in again, or ask for more.")


def _draining() -> Draining:
    return Draining("The daemon is stopping; this answer was cut short.", "Send the request again.")
