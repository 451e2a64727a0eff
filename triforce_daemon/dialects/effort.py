"""How much to reason: some dialects say it as an effort, some as a budget of tokens."""

from triforce_daemon.dialects.canonical import Effort, Thinking

#: Up to how many tokens of reasoning an effort stands for.
BUDGETS: dict[Effort, int] = {"minimal": 512, "low": 2_048, "medium": 8_192, "high": 24_576, "xhigh": 49_152}


def effort_of(thinking: Thinking) -> Effort | None:
    """The effort that was asked for, or the one that comes nearest to the budget; None where neither was said."""
    if "effort" in thinking:
        return thinking["effort"]
    budget = thinking.get("budget")
    if budget is None or budget < 0:
        return None
    if budget == 0:
        return "none"
    for effort, limit in BUDGETS.items():
        if budget <= limit:
            return effort
    return "max"
