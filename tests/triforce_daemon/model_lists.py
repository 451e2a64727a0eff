"""Lists of models that are kept nowhere."""

from collections.abc import Sequence
from typing import cast

from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.model_lists import ModelLists
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
