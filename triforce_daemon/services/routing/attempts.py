"""Tries who may answer, one after the other, until one does or nobody is left."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from triforce_daemon.errors import (
    CredentialsExhausted,
    KeyMissing,
    KeyRejected,
    ProviderUnavailable,
    TriforceError,
    UpstreamLimited,
)
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import Health
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.routing.budget import Budget
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.services.routing.verdicts import Verdict, backoff, verdict, wait_of
from triforce_daemon.settings import Routing

Result = TypeVar("Result")
Try = Callable[[Seat], Awaitable[Result]]

#: Whoever answers so is there, and would perhaps answer another request.
_ALIVE = frozenset({Verdict.OWN, Verdict.NEXT_KEY, Verdict.LIMITED})


@dataclass(slots=True)
class Tally:
    """What it took so far."""

    #: Requests that were sent, or could not be.
    attempts: int = 0
    #: Of them, those that went to the same model with the same key once more.
    retries: int = 0
    failures: list[tuple[str, TriforceError]] = field(default_factory=list)


@dataclass(slots=True)
class Attempts:
    health: Health
    budget: Budget
    settings: Routing
    clock: Clock
    random: Random

    def take(self, settings: Routing) -> None:
        """These hold from now on."""
        self.settings = settings
        self.budget.share = settings.retry_budget

    async def run(self, candidates: Sequence[Candidate], go: Try[Result], tally: Tally) -> Result:
        """The result of the first seat where `go` succeeds.

        Raises at once what is the request's own fault; where every candidate failed, what a person needs to know of it.
        """
        deadline = self.clock.ticks() + self.settings.retry_seconds
        for candidate in candidates:
            last = candidate is candidates[-1]
            try:
                return await self._at(candidate, go, tally, deadline, last)
            except TriforceError as error:
                if verdict(error) is Verdict.OWN:
                    raise
                tally.failures.append((candidate.id, error.apart()))
        raise _summary(tally.failures)

    async def _at(self, candidate: Candidate, go: Try[Result], tally: Tally, deadline: float, last: bool) -> Result:
        """Try one model with each of its keys."""
        provider = candidate.provider
        if not self.health.enter(provider.name, candidate.id):
            raise self._resting(candidate)
        credentials = self.health.in_turn(provider.name, provider.credentials())
        if not credentials:
            raise _no_key(candidate)
        self.budget.wanted(provider.name)
        refused: list[TriforceError] = []
        for credential in credentials:
            alone = last and credential is credentials[-1]
            try:
                return await self._with_key(Seat(candidate, credential), go, tally, deadline, alone)
            except (KeyRejected, UpstreamLimited) as error:
                self.health.refused(provider.name, credential, error)
                refused.append(error.apart())
        raise _keys_used_up(candidate, credentials, refused)

    async def _with_key(self, seat: Seat, go: Try[Result], tally: Tally, deadline: float, alone: bool) -> Result:
        """Try one seat, and again where that may help. `alone`: nobody else is left, so that waiting pays."""
        retries = waits = 0
        while True:
            tally.attempts += 1
            try:
                result = await go(seat)
            except TriforceError as error:
                pause = self._pause(seat, error, retries, waits, alone)
                if pause is None or self.clock.ticks() + pause > deadline:
                    raise
                waits += isinstance(error, UpstreamLimited)
                retries += 1
                tally.retries += 1
                await self.clock.sleep(pause)
            else:
                self.health.succeeded(seat.candidate.provider.name, seat.candidate.id, seat.credential)
                return result

    def _pause(self, seat: Seat, error: TriforceError, retries: int, waits: int, alone: bool) -> float | None:
        """Seconds until the same seat is asked once more; None where it is not."""
        provider = seat.candidate.provider.name
        what = verdict(error)
        if error.upstream_status is not None and what in _ALIVE:
            self.health.undecided(provider, seat.candidate.id)
        match what:
            case Verdict.LIMITED:
                pause = wait_of(error, self.random)
                short = alone and waits == 0 and pause is not None and pause <= self.settings.wait_seconds
                return pause if short else None
            case Verdict.AGAIN:
                self.health.failed(provider, seat.candidate.id, error)
                if retries >= self.settings.retries or self.health.shut_for(provider, seat.candidate.id):
                    return None
                asked = wait_of(error, self.random) or 0.0
                pause = max(asked, backoff(self.settings.backoff_seconds, retries, self.random))
                return pause if self.budget.take(provider) else None
            case Verdict.ELSEWHERE:
                # What a provider says of itself (a model that cannot be fetched) is its condition, not its health.
                if error.upstream_status is not None or not isinstance(error, ProviderUnavailable):
                    self.health.failed(provider, seat.candidate.id, error)
                return None
            case _:
                return None

    def _resting(self, candidate: Candidate) -> ProviderUnavailable:
        provider = candidate.provider
        seconds = self.health.shut_for(provider.name, candidate.id)
        condition = self.health.condition(provider.name, candidate.id, provider.credentials())
        why = f" {condition.reason}" if condition and condition.reason else ""
        return ProviderUnavailable(
            f"{candidate.id} has failed several times in a row and is not asked for the next {seconds:.0f} s.{why}",
            "Wait, or use another model: `triforce models list`.",
            retry_after_ms=round(seconds * 1_000) or 1,
        )


def _no_key(candidate: Candidate) -> KeyMissing:
    condition = candidate.provider.condition()
    name = candidate.provider.name
    return KeyMissing(
        condition.reason or f"There is no key for {name}.", condition.fix or f"`triforce keys set {name}`"
    )


def _keys_used_up(
    candidate: Candidate, credentials: Sequence[Credential], refused: Sequence[TriforceError]
) -> TriforceError:
    """What remains when no key went through: a limit that passes, where there is one, else that all are dead."""
    limits = [error for error in refused if isinstance(error, UpstreamLimited)]
    if limits:
        return min(limits, key=lambda error: error.retry_after_ms or 1 << 40).apart()
    name = candidate.provider.name
    keys = "its key" if len(credentials) == 1 else f"any of its {len(credentials)} keys"
    return CredentialsExhausted(
        f"{name} does not accept {keys}: {refused[-1].message}",
        f"This is the daemon's key, not yours. `triforce keys test {name}` looks at it, `triforce keys set {name}` "
        "replaces it.",
        upstream_status=refused[-1].upstream_status,
    )


def _summary(failures: Sequence[tuple[str, TriforceError]]) -> TriforceError:
    """One error for all: of a single candidate its own, else the last one's kind with what each came to."""
    if len(failures) == 1:
        return failures[0][1].apart()
    last = failures[-1][1]
    told = "; ".join(f"{name}: {error.message.rstrip('.')}" for name, error in failures)
    waits = [error.retry_after_ms for _, error in failures if error.retry_after_ms is not None]
    return type(last)(
        f"None of {len(failures)} candidates could answer. {told}.",
        "`triforce models why` explains a choice.",
        retry_after_ms=min(waits, default=None),
        upstream_status=last.upstream_status,
    )
