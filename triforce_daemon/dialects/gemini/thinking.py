"""How much to think: https://ai.google.dev/gemini-api/docs/thinking"""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Effort, Thinking
from triforce_daemon.dialects.effort import BUDGETS, effort_of
from triforce_daemon.dialects.gemini.models import Abilities
from triforce_daemon.dialects.losses import Losses

_PATH = "generationConfig.thinkingConfig"
_EFFORTS: dict[str, Effort] = {
    "MINIMAL": "minimal",
    "LOW": "low",
    "MEDIUM": "medium",
    "HIGH": "high",
    "XHIGH": "xhigh",
}
_ORDER: tuple[Effort, ...] = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
#: As much as the model sees fit.
_AUTOMATIC = -1


def read_thinking(config: dict[str, Any]) -> Thinking:
    """`thinkingConfig`."""
    read = Thinking()
    level = (fields.text(config, "thinkingLevel", _PATH) or "THINKING_LEVEL_UNSPECIFIED").upper()
    if level in _EFFORTS:
        read["effort"] = _EFFORTS[level]
    elif level != "THINKING_LEVEL_UNSPECIFIED":
        fields.refuse(f"{_PATH}.thinkingLevel", "MINIMAL, LOW, MEDIUM, HIGH or XHIGH")
    if (budget := fields.whole(config, "thinkingBudget", _PATH)) is not None:
        read["budget"] = budget
    if (visible := fields.flag(config, "includeThoughts", _PATH)) is not None:
        read["visible"] = visible
    return read


def write_thinking(thinking: Thinking, model: Abilities, losses: Losses) -> dict[str, Any]:
    """`thinkingConfig`, as the model understands it."""
    if model.thinking is None:
        if effort_of(thinking) != "none":
            losses.add("thinking")
        return {}
    written: dict[str, Any] = {"includeThoughts": thinking["visible"]} if "visible" in thinking else {}
    effort = effort_of(thinking)
    if "effort" not in thinking and "budget" in thinking and (model.thinking == "budget" or effort != "none"):
        return written | _by_budget(thinking["budget"], model, losses)
    if effort is None:
        return written
    if model.thinking == "budget":
        return written | _by_budget(0 if effort == "none" else BUDGETS.get(effort, model.budget[1]), model, losses)
    if effort == "none":
        losses.add("thinking")
    return written | {"thinkingLevel": _nearest(effort, model.levels)}


def _by_budget(budget: int, model: Abilities, losses: Losses) -> dict[str, Any]:
    """Models that go by levels take a budget as well."""
    if model.thinking == "budget" and budget != _AUTOMATIC and not (budget == 0 and model.can_rest):
        least, most = model.budget
        if budget == 0:
            losses.add("thinking")
        budget = min(max(budget, least), most)
    return {"thinkingBudget": budget}


def _nearest(effort: Effort, levels: tuple[Effort, ...]) -> str:
    """The level itself, else the next one above, else the highest."""
    for level in levels:
        if _ORDER.index(level) >= _ORDER.index(effort):
            return level.upper()
    return levels[-1].upper()
