"""Why a model can be asked, or cannot: one check after the other, each with what it found and how to mend it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from triforce_daemon.access.admission import allows
from triforce_daemon.access.boundary import narrower, within
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ModelNotFound
from triforce_daemon.providers.condition import Condition
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.models import Why, WhyStep

#: What the router knows of a candidate beyond its condition: its breaker, keys that rest.
Routed = Callable[[Candidate], Sequence[WhyStep]]


def nothing_routed(_: Candidate) -> Sequence[WhyStep]:
    return ()


@dataclass(frozen=True, slots=True)
class ModelWhy:
    registry: ModelRegistry
    routed: Routed = nothing_routed

    async def explain(self, name: str, caller: Caller) -> Why:
        """Nothing is asked and nothing sent. Does not raise for names that stand for nothing: that is the finding."""
        try:
            resolution = await self.registry.resolve(name, caller)
        except ModelNotFound as error:
            return _why(name, None, None, [_step("name", False, error.message, error.hint)])
        if resolution.alias is None:
            steps = [_named(resolution), *self._checks(resolution.candidates[0], resolution, caller)]
            answers = resolution.candidates[0].id if all(step["ok"] for step in steps) else None
            return _why(name, None, answers, steps)
        found = [self._as_one(candidate, resolution, caller) for candidate in resolution.candidates]
        first = next((step["check"] for step in found if step["ok"]), None)
        steps = [_behind(resolution), *found] if found else [_behind(resolution)]
        return _why(name, resolution.alias, first, steps)

    def _as_one(self, candidate: Candidate, resolution: Resolution, caller: Caller) -> WhyStep:
        """A candidate of an alias: the first check that fails speaks for it."""
        checks = list(self._checks(candidate, resolution, caller))
        failed = next((step for step in checks if not step["ok"]), None)
        condition = self.registry.condition(candidate)
        return (
            _step(candidate.id, True, condition.reason or condition.state)
            if failed is None
            else {
                **failed,
                "check": candidate.id,
            }
        )

    def _checks(self, candidate: Candidate, resolution: Resolution, caller: Caller) -> Iterator[WhyStep]:
        provider = candidate.provider
        own, keys = provider.condition(), provider.credentials()
        # A key that is missing is told of by itself.
        there = own.callable or own.state == "no-key"
        yield _step("provider", there, f"{provider.name} is {own.state}." if there else _told(own), own.fix)
        found = [f"{key.name} ({key.origin})" for key in keys if key.secret]
        # What the owner calls his keys is nobody else's business.
        origins = ", ".join(found) if caller.is_owner else "There is one." if found else ""
        missing = own.reason or f"There is no key for {provider.name}."
        usable = bool(keys) and own.state != "no-key"
        yield _step("key", usable, (origins or "None is needed.") if usable else missing, own.fix)
        bound = narrower(caller.boundary, resolution.boundary)
        where = f"A prompt goes as far as `{candidate.boundary}`; it may go as far as `{bound}`."
        yield _step("boundary", within(candidate.boundary, bound), where, "Name a model that is nearer.")
        if caller.models:
            may = any(allows(caller.models, name) for name in (resolution.asked, resolution.name, candidate.id))
            yield _step("token", may, f"This token is for {', '.join(caller.models)}.", "`triforce auth token list`")
        if caller.holder_models:
            may = any(allows(caller.holder_models, name) for name in (resolution.asked, resolution.name, candidate.id))
            yield _step("account", may, f"Your account is for {', '.join(caller.holder_models)}.", None)
        if caller.tier is not None:
            holds = caller.tier.admits(local=candidate.is_local, free=self.registry.is_free(candidate))
            yield _step("tier", holds, f"You are {caller.tier.name}.", "GET /v1/tiers tells which tier holds it.")
        condition = self.registry.condition(candidate)
        if condition != own or condition.callable:
            yield _step("state", condition.callable, _told(condition), condition.fix)
        yield from self.routed(candidate)


def _named(resolution: Resolution) -> WhyStep:
    candidate = resolution.candidates[0]
    listed = "which its provider lists" if candidate.listed is not None else "which its provider does not list"
    return _step("name", True, f"`{resolution.asked or DEFAULT_ALIAS}` is {candidate.id}, {listed}.")


def _behind(resolution: Resolution) -> WhyStep:
    count = len(resolution.candidates)
    candidates = f"{count} candidate{'' if count == 1 else 's'}"
    words = f"`{resolution.alias}` is an alias with {candidates}, order {resolution.order}."
    return _step("name", count > 0, words, f"`triforce models alias {resolution.alias} MODEL …`")


def _told(condition: Condition) -> str:
    told = condition.reason or condition.state
    return f"{told} (HTTP {condition.status})" if condition.status is not None else told


def _step(check: str, ok: bool, detail: str, fix: str | None = None) -> WhyStep:
    return WhyStep(check=check, ok=ok, detail=detail, fix=None if ok else fix)


def _why(asked: str, alias: str | None, answers: str | None, steps: list[WhyStep]) -> Why:
    return Why(schema="triforce.models.why/1", asked=asked, alias=alias, answers=answers, steps=steps)
