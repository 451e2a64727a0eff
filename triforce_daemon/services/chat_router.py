"""Finds who answers a chat, sends it there, and settles what it used, whatever became of it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from triforce_daemon.access.admission import admitted
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.attempt import Attempt
from triforce_daemon.services.routing.attempts import Attempts
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.routing.choice import Choice
from triforce_daemon.services.routing.needs import Needs
from triforce_daemon.services.routing.seat import Seat


@dataclass(frozen=True, slots=True)
class ChatRouter:
    """Clock and chance are the parts' own; the network is `upstream`: a simulation runs the same code."""

    registry: ModelRegistry
    upstream: Upstream
    dialects: Mapping[str, Dialect]
    ledger: Ledger
    health: Health
    choice: Choice
    attempts: Attempts
    clock: Clock

    @asynccontextmanager
    async def open(self, call: Call) -> AsyncGenerator[Answer]:
        """Send the call to its model, or to a candidate of its alias, until one begins to answer.

        The answer is settled when the context ends. Raises ModelNotFound and Forbidden before anything is written,
        and what the providers or the network came to.
        """
        resolution = await self.registry.resolve(call.request.model)
        if call.models:
            asked = (resolution.asked, resolution.name)
            resolution = replace(resolution, candidates=admitted(call.models, asked, resolution.candidates))
        needs = Needs.of(call.request, call.prompt_characters)
        candidates = self.choice.order(resolution, needs, call.boundary)
        answer = Answer(call, candidates[0], self.health, self.ledger, self.clock)

        async def go(seat: Seat) -> None:
            dialect = self.dialects[seat.candidate.provider.dialect]
            attempt = Attempt(call, seat, self.upstream, dialect, self.health, self.clock.ticks)
            answer.comes_from(attempt)
            await attempt.open()

        try:
            await self.attempts.run(candidates, go, answer.tally)
            yield answer
        except asyncio.CancelledError:
            await answer.settle("interrupted")
            raise
        except TriforceError as error:
            await answer.fail(error)
            raise
        finally:
            await answer.close()
