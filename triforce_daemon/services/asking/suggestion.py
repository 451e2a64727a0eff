"""Which models would do for a question, the best first, without asking any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from typing_extensions import TypedDict

from triforce_daemon.access.admission import allows
from triforce_daemon.access.boundary import within
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.routing.choice import Choice
from triforce_daemon.services.routing.needs import CHARACTERS_PER_TOKEN
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.models import Model, Price, State

Strength = Literal["code", "creative", "reasoning", "fast", "general"]
MaxCost = Literal["free", "low", "medium", "high"]

#: For a million tokens of the answer, in dollars, at most.
_COSTS: dict[MaxCost, Decimal] = {
    "free": Decimal(0),
    "low": Decimal(1),
    "medium": Decimal(10),
    "high": Decimal("Infinity"),
}
#: Words in a model's name by which its makers say what it is for.
_NAMED = {
    "code": ("code", "coder", "codestral", "devstral"),
    "fast": ("flash", "mini", "haiku", "instant", "nano", "lite"),
}
_CALLABLE = ("ok", "absent", "degraded", "deprecated")
_SHOWN = 10


class Suggested(TypedDict):
    model: str
    node: str
    score: float
    why: str
    price: Price | None
    state: State


class Excluded(TypedDict):
    model: str
    reason: str


class ModelSuggestion(TypedDict):
    candidates: list[Suggested]
    excluded: list[Excluded]
    boundary: Boundary


@dataclass(frozen=True, slots=True)
class Suggestion:
    registry: ModelRegistry
    choice: Choice

    async def suggest(
        self, caller: Caller, message: str, model: str, strength: Strength | None, most: MaxCost
    ) -> ModelSuggestion:
        """Raises ModelNotFound for a name that is none; `auto` is every model."""
        models = (await self.registry.models())["items"]
        if model != "auto":
            named = {candidate.id for candidate in (await self.registry.resolve(model)).candidates}
            models = [one for one in models if one["id"] in named]
        tokens = len(message) // CHARACTERS_PER_TOKEN
        fit: list[Suggested] = []
        excluded: list[Excluded] = []
        for one in models:
            reason = _refusal(caller, one, tokens, most)
            if reason is not None:
                excluded.append(Excluded(model=one["id"], reason=reason))
            else:
                fit.append(await self._suggested(one, strength))
        fit.sort(key=lambda found: (-found["score"], found["model"]))
        return ModelSuggestion(candidates=fit[:_SHOWN], excluded=excluded[:_SHOWN], boundary=caller.boundary)

    async def _suggested(self, model: Model, strength: Strength | None) -> Suggested:
        candidate = await self.registry.one(model["id"])
        expected = self.choice.score(candidate)
        bonus, why = _strength(model, strength)
        told = [f"first token after about {expected:.1f} s", *why]
        return Suggested(
            model=model["id"],
            node="local",
            score=round(1 / (1 + expected) + bonus, 4),
            why=", ".join(told),
            price=model["price"],
            state=model["state"],
        )


def _refusal(caller: Caller, model: Model, tokens: int, most: MaxCost) -> str | None:
    if "chat" not in model["abilities"]:
        return "it does not chat"
    if model["state"] not in _CALLABLE:
        return model["reason"] or model["state"]
    if not allows(caller.models, model["id"]):
        return "your token does not name it"
    if not within(model["boundary"], caller.boundary):
        return "it is beyond your boundary"
    if model["context"] is not None and tokens > model["context"]:
        return f"about {tokens:,} tokens do not fit its context of {model['context']:,}"
    cost = _cost(model)
    if cost is None and most != "high":
        return "nobody says what it costs"
    if cost is not None and cost > _COSTS[most]:
        return f"a million tokens of its answers cost {cost:f}"
    return None


def _cost(model: Model) -> Decimal | None:
    price = model["price"]
    return Decimal(price["output"]) if price is not None and price["output"] is not None else None


def _strength(model: Model, strength: Strength | None) -> tuple[float, Sequence[str]]:
    """How much more it is worth for what it shall be good at, and why."""
    name = model["id"].lower()
    if strength == "reasoning" and "reasoning" in model["abilities"]:
        return 1.0, ["it reasons"]
    if strength in ("code", "fast") and any(word in name for word in _NAMED[strength]):
        return 1.0, [f"its name says that it is for {strength}"]
    return 0.0, []
