"""A registry of models whose lists, aliases and default are kept nowhere."""

from collections.abc import Mapping, Sequence
from typing import cast

from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.aliases import Aliases
from triforce_daemon.services.model_conditions import Observed, nothing_observed
from triforce_daemon.services.model_lists import ModelLists
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.prices import Prices
from triforce_daemon.settings import Alias
from triforce_daemon.stores.model_lists import ModelListRow, ModelListStore


class Shelf:
    """What a store would keep."""

    def __init__(self, *rows: ModelListRow) -> None:
        self.rows = {row["provider"]: row for row in rows}

    async def all(self) -> list[ModelListRow]:
        return list(self.rows.values())

    async def put(self, row: ModelListRow) -> None:
        self.rows[row["provider"]] = row


def lists_of(providers: Sequence[Provider], clock: Clock, shelf: Shelf | None = None) -> ModelLists:
    return ModelLists(providers, cast(ModelListStore, shelf or Shelf()), Tasks(), clock)


def registry_of(
    providers: Sequence[Provider],
    lists: ModelLists,
    clock: Clock,
    *,
    default: str = "",
    kept: list[str] | None = None,
    aliases: Mapping[str, Alias] | None = None,
    observed: Observed = nothing_observed,
) -> ModelRegistry:
    """`kept` hears of each new default."""
    return ModelRegistry(
        providers,
        lists,
        Aliases(aliases or {}, lambda *_: None),
        Prices(Tasks()),
        clock,
        default=default,
        keep_default=(kept if kept is not None else []).append,
        observed=observed,
    )
