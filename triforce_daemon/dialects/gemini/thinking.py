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
    if effort_of(thinking) == "none" and (model.thinking == "level" or not model.can_rest):
        losses.add("thinking")
    told = _as_budget if model.thinking == "budget" else _as_level
    return written | told(thinking, model, losses)


def _as_budget(thinking: Thinking, model: Abilities, losses: Losses) -> dict[str, Any]:
    effort, budget = thinking.get("effort"), thinking.get("budget")
    if budget is not None and effort is not None:
        losses.add("thinking.effort")
    if budget is None and effort is not None:
        budget = 0 if effort == "none" else BUDGETS.get(effort, model.budget[1])
    return {} if budget is None else {"thinkingBudget": _within(budget, model)}


def _as_level(thinking: Thinking, model: Abilities, losses: Losses) -> dict[str, Any]:
    """These models take a budget as well, but not both."""
    effort, budget = effort_of(thinking), thinking.get("budget")
    if budget is not None and effort != "none" and "effort" not in thinking:
        return {"thinkingBudget": budget}
    if budget:
        losses.add("thinking.budget")
    return {} if effort is None else {"thinkingLevel": _nearest(effort, model.levels)}


def _within(budget: int, model: Abilities) -> int:
    """The nearest budget that the model takes."""
    if budget == _AUTOMATIC or (budget == 0 and model.can_rest):
        return budget
    least, most = model.budget
    return min(max(budget, least), most)


def _nearest(effort: Effort, levels: tuple[Effort, ...]) -> str:
    """The level itself, else the next one above, else the highest."""
    for level in levels:
        if _ORDER.index(level) >= _ORDER.index(effort):
            return level.upper()
    return levels[-1].upper()
