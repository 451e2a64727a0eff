"""Where a message would go: what `triforce chat --dry-run` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triforce_cli.output.as_table import Fact, facts
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import count, thousands

if TYPE_CHECKING:
    from triforce_cli.output.paint import Paint
    from triforce_daemon.wire.routing import PlannedCandidate, RoutePlan

#: An alias may have hundreds of candidates; nobody reads on after these.
SHOWN = 10


def plan_page(plan: RoutePlan, paint: Paint) -> str:
    """The plan as a person reads it: what is asked, how large it is, what it may cost, and who would answer."""
    answer = plan["answer_tokens"]
    head = facts(
        [
            Fact("model", plan["asked"] if plan["alias"] is None else f"{plan['asked']} (an alias)"),
            Fact("boundary", plan["boundary"] if plan["boundary"] != "any" else None),
            Fact("prompt", f"about {count(plan['prompt_tokens'], 'token')}"),
            Fact("answer", None if answer is None else f"at most {count(answer, 'token')}"),
            Fact("cost", _cost(plan)),
        ],
        paint,
    )
    lines = [_line(place, one, paint) for place, one in enumerate(plan["candidates"][:SHOWN], start=1)]
    more = len(plan["candidates"]) - SHOWN
    rest = [paint.dim(f"and {thousands(more)} more")] if more > 0 else []
    return "\n".join([head, "", *lines, *rest, "", paint.dim("Nothing was sent.")])


def _cost(plan: RoutePlan) -> str:
    cost = plan["cost"]
    if cost is None or cost["input"] is None:
        return "not known"
    if cost["input"] == "0" and cost["most"] in ("0", None):
        return "nothing"
    most = "" if cost["most"] is None else f", {cost['most']} {cost['currency']} with the longest answer"
    return f"{cost['input']} {cost['currency']} for the prompt{most}"


def _line(place: int, one: PlannedCandidate, paint: Paint) -> str:
    model = one_line(one["model"])
    if one["refusal"] is not None:
        return f"{paint.red('-')}  {model}: {one_line(one['refusal'])}"
    expected = "" if one["expected_ms"] is None else f"  first token after about {one['expected_ms']} ms"
    return f"{paint.green(str(place))}  {model}{paint.dim(expected)}"
