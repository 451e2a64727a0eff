"""How much to think: https://platform.claude.com/docs/en/build-with-claude/thinking"""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.anthropic.models import Abilities
from triforce_daemon.dialects.canonical import Effort, Thinking
from triforce_daemon.dialects.effort import BUDGETS, effort_of
from triforce_daemon.dialects.losses import Losses

EFFORTS: tuple[Effort, ...] = ("low", "medium", "high", "xhigh", "max")

#: The types that mean thinking.
THINKS = ("enabled", "adaptive")

#: Less is refused.
LEAST_BUDGET = 1_024
#: As a budget, in Gemini's words: as much as the model sees fit.
AUTOMATIC = -1


def read_thinking(body: dict[str, Any], extras: dict[str, Any]) -> Thinking | None:
    """`thinking`, and the effort in `output_config`."""
    effort = _read_effort(body)
    given = fields.mapping(body, "thinking")
    if given is None:
        return None if effort is None else Thinking(effort=effort)
    kind = fields.needed_text(given, "type", "thinking")
    if kind in ("disabled", "between_tools"):
        if effort is not None:
            extras["output_config.effort"] = effort
        return Thinking(effort="none")
    read = Thinking() if effort is None else Thinking(effort=effort)
    if kind == "enabled" and (budget := fields.whole(given, "budget_tokens", "thinking")) is not None:
        read["budget"] = budget
    if (display := fields.text(given, "display", "thinking")) is not None:
        read["visible"] = display != "omitted"
    return read


def _read_effort(body: dict[str, Any]) -> Effort | None:
    effort = fields.text(fields.mapping(body, "output_config") or {}, "effort", "output_config")
    if effort is None:
        return None
    if effort not in EFFORTS:
        fields.refuse("output_config.effort", "low, medium, high, xhigh or max")
    return effort


def write_thinking(
    thinking: Thinking, model: Abilities, max_tokens: int, losses: Losses
) -> tuple[dict[str, Any] | None, Effort | None]:
    """`thinking` and the effort, as the model understands them."""
    effort, budget = effort_of(thinking), thinking.get("budget", AUTOMATIC)
    if effort == "none":
        if model.off is None:
            losses.add("thinking")
        return ({"type": model.off} if model.off else None), None
    if not model.adaptive or (model.budget and budget != AUTOMATIC):
        return _by_budget(thinking, model, max_tokens, losses)
    if budget != AUTOMATIC:
        losses.add("thinking.budget")
    written: dict[str, Any] = {"type": "adaptive"}
    if "visible" in thinking and not model.budget:
        written["display"] = "summarized" if thinking["visible"] else "omitted"
    elif thinking.get("visible") is False:
        losses.add("thinking.visible")
    return written, _known_effort(effort, model)


def _by_budget(
    thinking: Thinking, model: Abilities, max_tokens: int, losses: Losses
) -> tuple[dict[str, Any] | None, Effort | None]:
    """An effort stands beside the budget where the model knows efforts, and in its place where there is none."""
    effort, wanted = thinking.get("effort"), thinking.get("budget", AUTOMATIC)
    known = _known_effort(effort, model) if model.efforts else None
    if wanted == AUTOMATIC:
        wanted = BUDGETS.get(effort or "medium", max_tokens)
    elif effort is not None and known is None:
        losses.add("thinking.effort")
    if thinking.get("visible") is False:
        losses.add("thinking.visible")
    budget = min(max(wanted, LEAST_BUDGET), max_tokens - 1)
    if budget < LEAST_BUDGET:
        losses.add("thinking")
        return None, known
    return {"type": "enabled", "budget_tokens": budget}, known


def _known_effort(effort: Effort | None, model: Abilities) -> Effort | None:
    """The nearest effort that the model knows."""
    if effort is None or effort in model.efforts:
        return effort
    return "low" if effort == "minimal" else "high"
