"""What each tier may use: the one table of defaults, with what the settings say otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from triforce_daemon import settings
from triforce_daemon.wire.tiers import ModelRule, TierLimits, TierList, TierName

NAMES: tuple[TierName, ...] = get_args(TierName)


@dataclass(frozen=True, slots=True)
class Tier:
    """A number of 0 is no limit."""

    name: TierName
    requests_per_minute: int
    parallel: int
    tokens_per_day: int
    count_local: bool
    models: ModelRule
    #: The tiers that are better, from the next one on.
    above: "tuple[Tier, ...]" = field(default=(), repr=False)

    def admits(self, *, local: bool, free: bool) -> bool:
        """Whether it holds a model that is on this machine, or costs nothing."""
        return self.models == "all" or local or (self.models == "zero-price" and free)


#: requests a minute, parallel, tokens a day, local tokens counted, models
_TABLE: dict[TierName, tuple[int, int, int, bool, ModelRule]] = {
    "guest": (10, 2, 10_000, True, "local"),
    "free": (30, 4, 100_000, True, "zero-price"),
    "pro": (60, 8, 250_000, False, "all"),
    "unlimited": (300, 32, 0, True, "all"),
}


class Tiers:
    def __init__(self, changed: Mapping[TierName, settings.Tier] | None = None) -> None:
        self._tiers: dict[TierName, Tier] = {}
        self.take(changed or {})

    def take(self, changed: Mapping[TierName, settings.Tier]) -> None:
        """These hold from now on, for whoever comes."""
        above: tuple[Tier, ...] = ()
        for name in reversed(NAMES):
            self._tiers[name] = _tier(name, changed.get(name, settings.Tier()), above)
            above = (self._tiers[name], *above)

    def get(self, name: TierName) -> Tier:
        return self._tiers[name]

    def page(self) -> TierList:
        """The tiers from little to much, and the role that has no limits."""
        items = [_limits(self._tiers[name]) for name in NAMES]
        admin = TierLimits(
            name="admin", requests_per_minute=None, parallel=None, tokens_per_day=None, count_local=False,
            models="all", tools="all",
        )  # fmt: skip
        return TierList(schema="triforce.tiers.list/1", items=[*items, admin], next=None)


def _tier(name: TierName, told: settings.Tier, above: tuple[Tier, ...]) -> Tier:
    requests, parallel, tokens, count_local, models = _TABLE[name]

    def chosen(said: int, default: int) -> int:
        return default if said < 0 else said

    return Tier(
        name=name,
        requests_per_minute=chosen(told.requests_per_minute, requests),
        parallel=chosen(told.parallel, parallel),
        tokens_per_day=chosen(told.tokens_per_day, tokens),
        count_local=told.local_tokens == "counted" if told.local_tokens else count_local,
        models=told.models or models,
        above=above,
    )


def _limits(tier: Tier) -> TierLimits:
    return TierLimits(
        name=tier.name,
        requests_per_minute=tier.requests_per_minute or None,
        parallel=tier.parallel or None,
        tokens_per_day=tier.tokens_per_day or None,
        count_local=tier.count_local,
        models=tier.models,
        tools=tier.name,
    )
