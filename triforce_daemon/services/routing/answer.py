"""An answer that is coming in: handed on to the client, and settled once, whatever becomes of it."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Self

from triforce_daemon.access.boundary import narrower
from triforce_daemon.access.rate_limiter import Hold
from triforce_daemon.dialects.canonical import Event
from triforce_daemon.dialects.canonical import Usage as Used
from triforce_daemon.errors import TriforceError
from triforce_daemon.providers.health import Health
from triforce_daemon.runtime.afterwards import Afterwards
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.logs import tell
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.ledger import Asked, Ledger
from triforce_daemon.services.prices import Cost, Prices
from triforce_daemon.services.quota import counted
from triforce_daemon.services.routing.attempt import Attempt
from triforce_daemon.services.routing.attempts import Tally
from triforce_daemon.services.routing.call import Call, Outcome
from triforce_daemon.services.routing.continuing import Continuing
from triforce_daemon.services.routing.delivery import Gathered, Streamed, Told, Whole
from triforce_daemon.services.routing.needs import CHARACTERS_PER_TOKEN
from triforce_daemon.services.routing.trace import route_of
from triforce_daemon.services.routing.verdicts import Verdict, verdict
from triforce_daemon.stores.database import Write
from triforce_daemon.stores.ledger import Entry
from triforce_daemon.wire.sessions import TurnState
from triforce_daemon.wire.usage import Usage

log = logging.getLogger(__name__)

#: What the log tells of an answer: never what was said.
_LOGGED = ("state", "error", "model", "client", "tokens_in", "tokens_out", "first_token_ms", "total_ms")
_logged = itemgetter(*_LOGGED)


class Answer:
    """A context: leaving it ends the answer."""

    #: Who finds somebody to go on where a stream is cut; None: nobody does.
    continuing: Continuing | None = None
    _attempt: Attempt | None = None
    _begun = False
    _settled = False

    def __init__(
        self,
        call: Call,
        candidate: Candidate,
        hold: Hold,
        health: Health,
        ledger: Ledger,
        prices: Prices,
        clock: Clock,
        afterwards: Afterwards,
    ) -> None:
        """`candidate`: who is asked first. `hold`: what the caller may use for it."""
        self.call = call
        self.hold = hold
        self.candidate = candidate
        self.tally = Tally()
        self._tried: list[Attempt] = []
        self._health = health
        self._ledger = ledger
        self._prices = prices
        self._clock = clock
        self._afterwards = afterwards
        self._began = clock.ticks()

    def tries(self, attempt: Attempt) -> None:
        """Who is asked now; unless the attempt fails, he is who answers."""
        self._tried.append(attempt)
        self._asks(attempt)

    def comes_from(self, attempt: Attempt) -> None:
        """Who answers, of those that were asked."""
        self._begun = True
        if attempt is not self._attempt:
            self._asks(attempt)

    @property
    def fallbacks(self) -> list[str]:
        """The models that were asked before, and failed."""
        return [name for name, _ in self.tally.failures]

    @property
    def dropped(self) -> Sequence[str]:
        """What could not be said to whoever answers."""
        return self._attempt.dropped if self._attempt is not None else ()

    def events(self) -> AsyncGenerator[Event]:
        """The answer piece by piece. Raises UpstreamFailed where it fails or breaks off before its end."""
        told: Told = self._delivery()
        return told.events()

    def next(self) -> Awaitable[bytes]:
        """What the client gets next of a stream; nothing where only its end is left, which is `end`.

        Raises as `events` does, where nobody goes on.
        """
        if self.continuing is not None:
            return self._next_of_anybody()
        streamed: Streamed = self._delivery()
        return streamed.next()

    async def _next_of_anybody(self) -> bytes:
        while True:
            streamed: Streamed = self._delivery()
            try:
                return await streamed.next()
            except TriforceError as error:
                self._hush(error)
                await self._go_on(error)

    @property
    def end(self) -> bytes:
        streamed: Streamed = self._delivery()
        return streamed.end

    @property
    def content(self) -> bytes:
        """The answer in one piece, as the client reads it."""
        whole: Whole | Gathered = self._delivery()
        return whole.content

    @property
    def first_token_ms(self) -> int | None:
        delivery = self._attempt.delivery if self._attempt is not None else None
        if delivery is None or (began := delivery.began) is None:
            return None
        return round((began - self._began) * 1_000)

    def elapsed_ms(self) -> int:
        return round((self._clock.ticks() - self._began) * 1_000)

    def spent(self) -> Usage:
        """The provider's figures, else an estimate that says so; nothing where nobody took the request."""
        return self._spent(self._attempt)

    def cost(self) -> Cost | None:
        """What it cost; None where nobody knows the price."""
        return self._cost(self._attempt, self.spent())

    async def settle(self, state: TurnState = "done", error: TriforceError | None = None) -> None:
        """Write what was used, once. After this the end of the answer may be sent. Raises StorageFailed."""
        if self._settled:
            return
        spent = self._spent(self._attempt)
        cost, others = self._cost(self._attempt, spent), self._others()
        if (cost is None or others) and not self._prices.loaded:
            # Who is cancelled here is not settled yet, and comes again.
            for attempt in self._tried:
                candidate = attempt.seat.candidate
                await self._prices.ready(candidate.provider, candidate.name, candidate.listed)
            cost = self._cost(self._attempt, spent)
        outcome = Outcome(self.candidate, state, spent, cost, error)
        entry, counts = self._entry(outcome), self._counted(outcome, others)
        self._settled = True
        try:
            asked = self._asked(state, error)
            await self._ledger.record(entry, asked, *self._lost(others), *self.call.closing(outcome))
        finally:
            self.hold.settle(*counts)
        if (acting := self.call.caller.acting) is not None:
            acting.used(spent, cost.amount if cost else None)
        # Neither who is answered waits for a line of the log, nor what he asks next.
        self._afterwards.add(partial(self._log, entry, state, error))

    def _log(self, entry: Entry, state: TurnState, error: TriforceError | None) -> None:
        told: dict[str, object] = dict(zip(_LOGGED, _logged(entry), strict=True))
        if error is None:
            del told["error"]
        if entry["first_token_ms"] is None:
            del told["first_token_ms"]
        told["attempts"] = self.tally.attempts
        level = logging.WARNING if state == "failed" else logging.INFO
        tell(log, level, "answered" if error is None else error.message, told)

    async def fail(self, error: TriforceError) -> None:
        """It broke off after the client had seen a part of it, or never came."""
        self._hush(error)
        if self._begun and verdict(error) is not Verdict.OWN:
            self._health.failed(self.candidate.provider.name, self.candidate.id, error)
        await self.settle("failed", error)

    async def close(self, error: BaseException | None) -> None:
        """Free everything; `error`, if any, is what ended it before its time, and is settled here."""
        try:
            if error is not None:
                await self._end_early(error)
        finally:
            if not self._settled:
                self.hold.settle()
            if self._attempt is not None:
                await self._attempt.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        await self.close(error)

    async def _end_early(self, error: BaseException) -> None:
        if isinstance(error, asyncio.CancelledError):
            await self.settle("interrupted")
        elif isinstance(error, TriforceError):
            await self.fail(error)
        elif isinstance(error, Exception):
            # A mistake of ours; what the provider did until then costs the same.
            await self.settle("failed")

    def _hush(self, error: TriforceError) -> None:
        if self._attempt is not None:
            self._attempt.hush(error)

    def _asked(self, state: TurnState, error: TriforceError | None) -> Asked:
        call = self.call
        return Asked(
            caller=call.caller,
            model=call.request.model,
            boundary=narrower(call.boundary, call.caller.boundary),
            route=route_of(self._tried, self.tally, error),
            truncated=self._begun and call.request.stream and state != "done",
        )

    async def _go_on(self, error: TriforceError) -> None:
        """The rest of the stream comes from another one. Raises `error` where there is none."""
        cut = self._attempt
        if self.continuing is None or cut is None:
            raise error
        spent = self._spent(cut)
        used = Used(input_tokens=spent["input_tokens"], output_tokens=spent["output_tokens"])
        following = await self.continuing.rest(cut, used, error, self.tally)
        self._asks(following or cut)
        if following is None:
            raise error
        cut.broke_off = error.apart()
        await cut.close()
        self._health.failed(cut.seat.candidate.provider.name, cut.seat.candidate.id, error)

    def _asks(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self.candidate = attempt.seat.candidate

    def _delivery(self) -> Any:
        assert self._attempt is not None
        return self._attempt.delivery

    def _spent(self, attempt: Attempt | None) -> Usage:
        if attempt is None or (delivery := attempt.delivery) is None:
            return Usage(input_tokens=0, output_tokens=0, estimated=True)
        if delivery.usage is not None:
            told = delivery.usage
            return {"input_tokens": told["input_tokens"], "output_tokens": told["output_tokens"], "estimated": False}
        guess = attempt.call.prompt_characters // CHARACTERS_PER_TOKEN
        return Usage(input_tokens=guess, output_tokens=delivery.pieces, estimated=True)

    def _lost(self, others: Sequence[Attempt]) -> list[Write]:
        """What was spent on those who did not answer."""
        rows: list[Write] = []
        for number, attempt in enumerate(others, start=2):
            state = "interrupted" if attempt.broke_off is None else "failed"
            spent = self._spent(attempt)
            cost = self._cost(attempt, spent)
            entry = self._entry(Outcome(attempt.seat.candidate, state, spent, cost, attempt.broke_off))
            entry["request"] = f"{entry['request']}.{number}"
            rows.append(self._ledger.row(entry))
        return rows

    def _others(self) -> Sequence[Attempt]:
        """Those who were given up for a faster one, or broke off where another one went on."""
        if len(self._tried) < 2:
            return ()
        paid = [attempt for attempt in self._tried if attempt.abandoned or attempt.broke_off is not None]
        return [attempt for attempt in paid if attempt is not self._attempt]

    def _counted(self, outcome: Outcome, others: Sequence[Attempt]) -> tuple[int, int]:
        """What counts against the caller's limits: everything that was asked for him."""
        if not self.hold.limits:
            return 0, 0
        tokens, spend = counted(self.hold, outcome.usage, outcome.cost, local=outcome.candidate.is_local)
        for attempt in others:
            spent, local = self._spent(attempt), attempt.seat.candidate.is_local
            more = counted(self.hold, spent, self._cost(attempt, spent), local=local)
            tokens, spend = tokens + more[0], spend + more[1]
        return tokens, spend

    def _cost(self, attempt: Attempt | None, spent: Usage) -> Cost | None:
        """By the provider's figures, cached tokens and all, where he gave some, else by what is thought to be spent."""
        if attempt is None or attempt.delivery is None:
            return None
        candidate = attempt.seat.candidate
        return self._prices.cost(candidate.provider, candidate.name, candidate.listed, attempt.delivery.usage or spent)

    def _entry(self, outcome: Outcome) -> Entry:
        call, candidate, usage, error = self.call, outcome.candidate, outcome.usage, outcome.error
        amount, currency = outcome.cost or (None, None)
        return {
            "request": call.request_id,
            "ts": self._clock.now_ms(),
            "client": call.caller.account,
            "session": call.session,
            "provider": candidate.provider.name,
            "model": candidate.id,
            "tokens_in": usage["input_tokens"],
            "tokens_out": usage["output_tokens"],
            "estimated": int(usage["estimated"]),
            "cost": amount,
            "currency": currency,
            "state": outcome.state,
            "error": error.code if error else None,
            "first_token_ms": self.first_token_ms,
            "total_ms": self.elapsed_ms(),
            "token": call.caller.token,
            "local": int(candidate.is_local),
        }
