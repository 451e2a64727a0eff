"""Tiers: how much somebody may use, and which models."""

from typing import Literal

from typing_extensions import TypedDict

TierName = Literal["guest", "free", "pro", "unlimited"]
"""From little to much. A tier buys quota; what somebody may do is a matter of scopes and of his role."""

ModelRule = Literal["local", "zero-price", "all"]
"""`local`: those of this machine; `zero-price`: also those that cost nothing."""


class TierLimits(TypedDict):
    """null: no limit."""

    name: TierName | Literal["admin"]
    requests_per_minute: int | None
    parallel: int | None
    tokens_per_day: int | None
    """In a day of UTC."""
    count_local: bool
    """Whether tokens of models on the daemon's own machine count."""
    models: ModelRule
    tools: str
    """The tools that it may call: those that are marked with this tier or a lower one."""


class TierList(TypedDict):
    schema: str
    items: list[TierLimits]
    next: str | None
