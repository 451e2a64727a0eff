"""A call that a mounted server has not let go of while its caller is away to answer something."""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Generic, TypeVar

from triforce_daemon.errors import ToolFailed, TriforceError
from triforce_daemon.mcp_client.needed import Lacking, Needed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers.caller_line import CallerLine

Result = TypeVar("Result")


class ParkedCall(Generic[Result]):
    """For a server that asks at once and waits, and a caller who answers by sending his call once more."""

    def __init__(self, line: CallerLine) -> None:
        self.line = line
        self._open: dict[str, tuple[Mapping[str, Any], asyncio.Future[Mapping[str, Any]]]] = {}
        self._asked = 0
        self._news = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._found: tuple[Result] | None = None
        self._failure: TriforceError | Lacking | None = None
        line.by(self._put)

    def begin(self, work: Coroutine[Any, Any, Result], tasks: Tasks, name: str) -> None:
        self._work = tasks.start(self._done(work), name)
        self._work.add_done_callback(lambda _: self._news.set())

    def end(self) -> None:
        """Nobody comes back to it."""
        if self._work is not None:
            self._work.cancel()

    def answer(self, answers: Mapping[str, Any]) -> None:
        """What is not among them is asked again."""
        for name, (_, waiting) in self._open.items():
            if name in answers and not waiting.done():
                waiting.set_result(answers[name])

    async def outcome(self) -> Result | Needed:
        """What came of it, or what is asked now. Whoever stops waiting here ends it. Raises what the call raises."""
        assert self._work is not None
        try:
            while not self._work.done():
                self._news.clear()
                unanswered = {name: asked for name, (asked, waiting) in self._open.items() if not waiting.done()}
                if unanswered:
                    return Needed(unanswered, None)
                await self._news.wait()
        except asyncio.CancelledError:
            self.end()
            raise
        if self._failure is not None:
            raise self._failure
        if self._found is None:
            raise ToolFailed("The call was ended.", None)
        return self._found[0]

    async def _done(self, work: Coroutine[Any, Any, Result]) -> None:
        """What went wrong is kept for whoever comes back: perhaps nobody does."""
        try:
            self._found = (await work,)
        except (TriforceError, Lacking) as failure:
            self._failure = failure

    async def _put(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self._asked += 1
        name = f"question-{self._asked}"
        waiting = asyncio.get_running_loop().create_future()
        self._open[name] = ({"method": method, "params": params}, waiting)
        self._news.set()
        try:
            return await waiting
        finally:
            del self._open[name]
            self._news.set()
