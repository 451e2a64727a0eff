"""Finds who answers a chat, sends it there, and settles what it used, whatever became of it."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from triforce_daemon.access.admission import admitted, unrestricted
from triforce_daemon.access.boundary import narrower
from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.upstream import Upstream
from triforce_daemon.runtime.afterwards import Afterwards
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.prices import Prices
from triforce_daemon.services.quota import Quota, Size
from triforce_daemon.services.routing.answer import Answer
from triforce_daemon.services.routing.attempt import Attempt
from triforce_daemon.services.routing.attempts import Attempts, Try
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.routing.choice import Choice
from triforce_daemon.services.routing.continuing import Continuing
from triforce_daemon.services.routing.hedging import Hedging
from triforce_daemon.services.routing.needs import Needs
from triforce_daemon.services.routing.plan import Planner
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.settings import Settings
from triforce_daemon.wire.routing import RoutePlan


@dataclass(frozen=True, slots=True)
class ChatRouter:
    """Clock and chance are the parts' own; the network is `upstream`: a simulation runs the same code."""

    registry: ModelRegistry
    upstream: Upstream
    dialects: Mapping[str, Dialect]
    ledger: Ledger
    quota: Quota
    health: Health
    choice: Choice
    attempts: Attempts
    #: None: never are two asked for one answer, whatever the settings say.
    hedging: Hedging | None
    prices: Prices
    clock: Clock
    afterwards: Afterwards

    async def open(self, call: Call) -> Answer:
        """Send the call to its model, or to a candidate of its alias, until one begins to answer.

        To be used as `async with await router.open(call) as answer`: whatever ends that early is settled. Raises
        ModelNotFound, Forbidden and LimitReached before anything is written, and what the providers or the network
        came to.
        """
        candidates = await self._candidates(call)
        size = Size.of(call.request, call.prompt_characters)
        candidates, hold = await self.quota.admit(call.caller, call.request_id, candidates, size)
        answer = Answer(call, candidates[0], hold, self.health, self.ledger, self.prices, self.clock, self.afterwards)

        def meanwhile() -> None:
            hold.reckon()
            if not call.request.stream:
                # A stream's first event comes too soon for it.
                self.afterwards.meanwhile()

        def send(call: Call, seat: Seat) -> Awaitable[Attempt]:
            dialect = self.dialects[seat.candidate.provider.dialect]
            attempt = Attempt(call, seat, self.upstream, dialect, self.health, self.clock.ticks, meanwhile)
            answer.tries(attempt)
            return attempt.open()

        if call.continues:
            answer.continuing = Continuing(candidates, self.attempts, send)
        try:
            answer.comes_from(await self._first_to_answer(candidates, partial(send, call), answer))
        except BaseException as error:
            await answer.close(error)
            raise
        return answer

    def take(self, settings: Settings) -> None:
        """These hold for calls that are opened from now on."""
        self.upstream.take(settings.upstream)
        self.attempts.take(settings.routing)
        if self.hedging is not None:
            self.hedging.budget.share = settings.routing.hedge_budget

    async def plan(self, call: Call) -> RoutePlan:
        """Where the call would go; nothing is sent and nothing written. Raises ModelNotFound, Forbidden."""
        resolution = self._admitted(call, await self.registry.resolve(call.request.model, call.caller))
        needs = Needs.of(call.request, call.prompt_characters)
        return Planner(self.choice, self.prices).plan(resolution, needs, narrower(call.boundary, call.caller.boundary))

    async def _candidates(self, call: Call) -> Sequence[Candidate]:
        resolution = self._admitted(call, await self.registry.resolve(call.request.model, call.caller))
        boundary = narrower(call.boundary, call.caller.boundary)
        if resolution.alias is None:
            return self.choice.outright(resolution, boundary)
        return self.choice.order(resolution, Needs.of(call.request, call.prompt_characters), boundary)

    def _admitted(self, call: Call, resolution: Resolution) -> Resolution:
        """What the caller may ask of what he asked for."""
        if unrestricted(call.caller):
            return resolution
        asked = (resolution.asked, resolution.name)
        allowed = admitted(call.caller, asked, resolution.candidates, self.registry.is_free)
        return resolution if len(allowed) == len(resolution.candidates) else replace(resolution, candidates=allowed)

    def _first_to_answer(self, candidates: Sequence[Candidate], go: Try[Attempt], answer: Answer) -> Awaitable[Attempt]:
        if self.hedging is None or not self.attempts.settings.hedge:
            return self.attempts.run(candidates, go, answer.tally)
        streamed = answer.call.request.stream
        return self.hedging.run(candidates, go, Attempt.give_up, answer.tally, streamed=streamed)
