"""Who is asked, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from triforce_daemon.access.boundary import narrower, within
from triforce_daemon.errors import Forbidden, ProviderUnavailable
from triforce_daemon.providers.health import UNSEEN_FIRST_TOKEN, Health
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.routing.needs import Needs
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import Order

#: How much a failure weighs: a model that always fails counts as so many times slower.
ERROR_WEIGHT = 9.0


@dataclass(frozen=True, slots=True)
class Considered:
    """A candidate, its score (seconds that it is expected to cost; lower is better), and why it is left out, if so."""

    candidate: Candidate
    score: float
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    health: Health
    random: Random

    def outright(self, resolution: Resolution, boundary: Boundary) -> Sequence[Candidate]:
        """The one model that was named, whatever speaks against it. Raises Forbidden where the boundary excludes it."""
        place = resolution.candidates[0].boundary
        if not within(place, narrower(boundary, resolution.boundary)):
            raise _out_of_bounds(resolution.candidates[0], boundary)
        return resolution.candidates

    def order(self, resolution: Resolution, needs: Needs, boundary: Boundary) -> Sequence[Candidate]:
        """The candidates in the order in which they are asked; one that was named outright is the only one.

        Raises Forbidden where the boundary excludes it, ProviderUnavailable where an alias has nobody left.
        """
        if resolution.alias is None:
            return self.outright(resolution, boundary)
        fit = [one for one in self.consider(resolution, needs, boundary) if one.refusal is None]
        if not fit:
            raise _nobody(resolution, self.consider(resolution, needs, boundary))
        return [one.candidate for one in self._sorted(fit, resolution.order)]

    def consider(self, resolution: Resolution, needs: Needs, boundary: Boundary) -> list[Considered]:
        """Every candidate with its score and with what speaks against it."""
        bound = narrower(boundary, resolution.boundary)
        return [
            Considered(candidate, self.score(candidate), self._refusal(candidate, needs, bound))
            for candidate in resolution.candidates
        ]

    def score(self, candidate: Candidate) -> float:
        record = self.health.record(candidate.id)
        first_token = UNSEEN_FIRST_TOKEN if record.first_token is None else record.first_token
        return first_token * (1 + record.outstanding) * (1 + ERROR_WEIGHT * record.errors)

    def _refusal(self, candidate: Candidate, needs: Needs, boundary: Boundary) -> str | None:
        provider = candidate.provider
        if not within(candidate.boundary, boundary):
            return f"it is beyond the boundary `{boundary}`"
        condition = provider.condition(candidate.name)
        if not condition.callable:
            return condition.reason or condition.state
        seen = self.health.condition(provider.name, candidate.id, provider.credentials())
        if seen is not None and not seen.callable and seen.state != "limited":
            return seen.reason or seen.state
        return needs.refusal(candidate.listed)

    def _sorted(self, fit: list[Considered], order: Order) -> list[Considered]:
        if order == "priority":
            return fit
        if order == "weighted":
            # Each half as likely as the one before it.
            weights = [0.5**place for place in range(len(fit))]
            first = fit.pop(self.random.choices(range(len(fit)), weights)[0])
            return [first, *fit]
        ranked = sorted(fit, key=lambda one: one.score)
        if len(ranked) < 2:
            return ranked
        # Two at random, the better of them first: many callers at once do not all run to the same one.
        pair = self.random.sample(range(len(ranked)), 2)
        first = ranked.pop(min(pair))
        return [first, *ranked]


def _out_of_bounds(candidate: Candidate, boundary: Boundary) -> Forbidden:
    return Forbidden(
        f"{candidate.id} is beyond the boundary `{boundary}`: the prompt would leave it.",
        "Name a model within it: `triforce models list`.",
    )


def _nobody(resolution: Resolution, considered: Sequence[Considered]) -> ProviderUnavailable:
    told = "; ".join(f"{one.candidate.id}: {one.refusal}" for one in considered[:5])
    more = f"; and {len(considered) - 5} more" if len(considered) > 5 else ""
    return ProviderUnavailable(
        f"Nobody behind the alias `{resolution.alias}` can answer this. {told}{more}."
        if told
        else f"Nobody is behind the alias `{resolution.alias}`.",
        f"`triforce models why {resolution.alias}` explains it.",
    )
