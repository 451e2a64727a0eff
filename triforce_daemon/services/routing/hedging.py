"""Asks the next candidate of an alias as well where the first is unusually slow; whoever begins first answers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.health import Health
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.routing.attempts import Attempts, Tally, Try
from triforce_daemon.services.routing.budget import Budget
from triforce_daemon.services.routing.verdicts import Verdict, verdict

Result = TypeVar("Result")
Discard = Callable[[Result], Awaitable[None]]

#: Slower than this share of its answers is unusually slow,
SHARE = 0.95
#: by this factor: who is only just slower answers before a second one could, and would use up the budget.
MARGIN = 1.5
#: The budget is one for all upstreams.
_ALL = ""


@dataclass(frozen=True, slots=True)
class Hedging:
    attempts: Attempts
    health: Health
    budget: Budget
    tasks: Tasks
    clock: Clock

    async def run(
        self,
        candidates: Sequence[Candidate],
        go: Try[Result],
        discard: Discard[Result],
        tally: Tally,
        *,
        streamed: bool,
    ) -> Result:
        """As `Attempts.run`; the slower of two is cancelled, and `discard` is called with its result if it has one."""
        self.budget.wanted(_ALL)
        patience = self.health.record(candidates[0].id).percentile(SHARE, streamed=streamed)
        if patience is None or len(candidates) < 2:
            return await self.attempts.run(candidates, go, tally)
        patience *= MARGIN
        racing = [self._start(candidates[:1], go, tally)]
        try:
            if await self._is_slow(racing[0], patience) and self.budget.take(_ALL):
                racing.append(self._start(candidates[1:], go, tally))
            winner = await _first_to_answer(racing)
        except BaseException:
            await _end(racing, discard)
            raise
        await _end([task for task in racing if task is not winner], discard)
        result = winner.result()
        if not isinstance(result, TriforceError):
            return result
        if len(racing) > 1 or verdict(result) is Verdict.OWN:
            raise result.apart()
        return await self.attempts.run(candidates[1:], go, tally)

    def _start(
        self, candidates: Sequence[Candidate], go: Try[Result], tally: Tally
    ) -> asyncio.Task[Result | TriforceError]:
        async def run() -> Result | TriforceError:
            try:
                return await self.attempts.run(candidates, go, tally)
            except TriforceError as error:
                return error.apart()

        return self.tasks.start(run(), f"answer of {candidates[0].id}")

    async def _is_slow(self, first: asyncio.Task[Result], patience: float) -> bool:
        timer = self.tasks.start(self.clock.sleep(patience), "patience")
        await asyncio.wait([first, timer], return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        return not first.done()


async def _first_to_answer(
    racing: Sequence["asyncio.Task[Result | TriforceError]"],
) -> "asyncio.Task[Result | TriforceError]":
    """The first task that has an answer; where none has, the last one to fail."""
    pending = set(racing)
    last = racing[0]
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            last = task
            if not isinstance(task.result(), TriforceError):
                return task
    return last


async def _end(losers: Sequence["asyncio.Task[Result | TriforceError]"], discard: Discard[Result]) -> None:
    """Stop those that still run, and throw away what the others brought."""
    for task in losers:
        task.cancel()
    for outcome in await asyncio.gather(*losers, return_exceptions=True):
        if not isinstance(outcome, BaseException):
            await discard(outcome)
