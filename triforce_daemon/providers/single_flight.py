"""Work that many may wait for, and that is done once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.provider import Progress
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.wire.models import PullProgress

Result = TypeVar("Result")


class SingleFlight(Generic[Result]):
    """Who comes while the work runs waits for the same result; when the last one leaves, the work is cancelled."""

    def __init__(self, tasks: Tasks, name: str) -> None:
        self._tasks = tasks
        self._name = name
        self._running: asyncio.Task[Result | TriforceError] | None = None
        self._waiting: dict[object, Progress] = {}
        self._latest: PullProgress | None = None

    @property
    def running(self) -> bool:
        """Whether who joins now waits for what has begun."""
        return self._running is not None and not self._running.done() and not self._running.cancelling()

    async def join(self, work: Callable[[Progress], Coroutine[Any, Any, Result]], progress: Progress) -> Result:
        """The result of the work that runs, or of `work`. Raises what it raises; `progress` hears how it goes."""
        while (running := self._running) is not None and running.cancelling():
            await asyncio.wait([running])
        if running is None:
            running = self._running = self._tasks.start(self._run(work), self._name)
            running.add_done_callback(self._ended)
        elif self._latest is not None:
            progress(self._latest)
        me = object()
        self._waiting[me] = progress
        try:
            result = await asyncio.shield(running)
        finally:
            del self._waiting[me]
            if not self._waiting and not running.done():
                running.cancel()
        if isinstance(result, TriforceError):
            raise result.apart()
        return result

    async def stop(self) -> None:
        """Cancel the work and return when it has ended; whoever waits for it is cancelled as well."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    async def _run(self, work: Callable[[Progress], Coroutine[Any, Any, Result]]) -> Result | TriforceError:
        """A failure is a result like others: those who wait raise it, and it is no news for the log."""
        try:
            return await work(self._tell)
        except TriforceError as error:
            return error.apart()

    def _ended(self, _: object) -> None:
        self._running = self._latest = None

    def _tell(self, line: PullProgress) -> None:
        self._latest = line
        for progress in list(self._waiting.values()):
            progress(line)
