"""Where a call would go and what it might cost, worked out without sending anything."""

from collections.abc import Sequence

from triforce_daemon.access.boundary import narrower
from triforce_daemon.providers.condition import Condition
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.prices import Prices
from triforce_daemon.services.routing.choice import Choice, Considered
from triforce_daemon.services.routing.needs import Needs
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.routing import PlannedCandidate, PlannedCost, RoutePlan


class Planner:
    def __init__(self, choice: Choice, prices: Prices) -> None:
        self._choice = choice
        self._prices = prices

    def plan(self, resolution: Resolution, needs: Needs, boundary: Boundary) -> RoutePlan:
        """By what is known at this moment. Chance decides between equals: the real request may begin elsewhere."""
        considered = self._in_order(resolution, needs, boundary)
        first = next((one.candidate for one in considered if one.refusal is None), None)
        return RoutePlan(
            schema="triforce.route.plan/1",
            asked=resolution.asked,
            alias=resolution.alias,
            order=resolution.order,
            boundary=narrower(boundary, resolution.boundary),
            candidates=[self._row(one) for one in considered],
            prompt_tokens=needs.prompt_tokens,
            answer_tokens=needs.answer_tokens or None,
            cost=self._cost(first, needs) if first is not None else None,
        )

    def _in_order(self, resolution: Resolution, needs: Needs, boundary: Boundary) -> Sequence[Considered]:
        considered = self._choice.consider(resolution, needs, boundary)
        if resolution.order == "scored":
            considered.sort(key=lambda one: one.score)
        return sorted(considered, key=lambda one: one.refusal is not None)

    def _row(self, one: Considered) -> PlannedCandidate:
        candidate = one.candidate
        measured = self._choice.health.record(candidate.id).first_token is not None
        return PlannedCandidate(
            model=candidate.id,
            provider=candidate.provider.name,
            boundary=candidate.boundary,
            state=self._condition(candidate).state,
            refusal=one.refusal,
            expected_ms=round(one.score * 1_000) if measured else None,
        )

    def _condition(self, candidate: Candidate) -> Condition:
        provider = candidate.provider
        seen = self._choice.health.condition(provider.name, candidate.id, provider.credentials())
        return seen or provider.condition(candidate.name)

    def _cost(self, candidate: Candidate, needs: Needs) -> PlannedCost | None:
        most = {"input_tokens": needs.prompt_tokens, "output_tokens": needs.answer_tokens}
        into = self._prices.cost(candidate.provider, candidate.name, candidate.listed, {**most, "output_tokens": 0})
        if into is None:
            return None
        both = self._prices.cost(candidate.provider, candidate.name, candidate.listed, most)
        known = both is not None and needs.answer_tokens > 0
        return PlannedCost(input=into.amount, most=both.amount if both and known else None, currency=into.currency)
