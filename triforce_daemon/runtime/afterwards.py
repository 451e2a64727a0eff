"""What nobody waits for: done while somebody else is waited for anyway, or a little later."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context

#: Long enough that who was answered, and asks again at once, has been heard by then.
DELAY_SECONDS = 0.005


class Afterwards:
    def __init__(self) -> None:
        self._left: deque[tuple[Context, Callable[[], None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, work: Callable[[], None]) -> None:
        """Do `work` soon, in the caller's context; what was added first is done first."""
        self._left.append((copy_context(), work))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(DELAY_SECONDS, self._due)

    def meanwhile(self) -> None:
        """Somebody outside is waited for from the next turn of the loop on: there is time for one piece."""
        if self._left:
            asyncio.get_running_loop().call_soon(self._next)

    async def close(self) -> None:
        """Do at once what is left."""
        while self._left:
            self._next()
        if self._timer is not None:
            self._timer.cancel()

    def _due(self) -> None:
        """One piece in each turn: others have theirs in between."""
        self._timer = asyncio.get_running_loop().call_later(0, self._due) if len(self._left) > 1 else None
        self._next()

    def _next(self) -> None:
        if self._left:
            context, work = self._left.popleft()
            context.run(work)
