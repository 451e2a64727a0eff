"""Which models each provider has, as it said when it was last asked; kept over restarts."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from triforce_daemon.errors import (
    StorageFailed,
    TriforceError,
    UpstreamTimeout,
)
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.failures import condition_of
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.single_flight import SingleFlight
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.model_lists import ModelListRow, ModelListStore

log = logging.getLogger(__name__)

#: A list may come in many pages; whoever takes longer than this for all of them is down.
LIST_SECONDS = 60.0
#: How long a model is remembered that its provider no longer lists.
GONE_DAYS = 30
_DAY_MS = 86_400_000
_LISTED = frozenset(each.name for each in fields(Listed))


@dataclass(frozen=True, slots=True)
class Fetched:
    """A provider's list by the models' names, when it came, and what went wrong since."""

    models: dict[str, Listed] = field(default_factory=dict[str, Listed])
    #: In milliseconds since 1970; None: it never came.
    at_ms: int | None = None
    failure: Condition | None = None
    #: Models that it no longer lists, and since when (ms).
    gone: dict[str, int] = field(default_factory=dict[str, int])


NEVER = Fetched()


class ModelLists:
    """Keeps what came; a provider that cannot be asked keeps its last list, with the reason."""

    def __init__(self, providers: Sequence[Provider], store: ModelListStore, tasks: Tasks, clock: Clock) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self._store = store
        self._tasks = tasks
        self._clock = clock
        self._fetched: dict[str, Fetched] = {}
        self._flights: dict[str, SingleFlight[Fetched]] = {}
        #: Called when a list has come, or is another than before.
        self.changed: Callable[[], None] = lambda: None

    async def load(self) -> None:
        """Take up the lists that were kept. Raises StorageFailed."""
        for row in await self._store.all():
            if row["provider"] in self._providers:
                self._take_up(row)
        self.changed()

    def _take_up(self, row: ModelListRow) -> None:
        try:
            self._fetched[row["provider"]] = _fetched(row)
        except (ValueError, TypeError, AttributeError) as error:
            # Another version has written it otherwise: it will be asked for anew.
            log.warning("a list of models cannot be read", extra={"provider": row["provider"], "why": str(error)})

    def admit(self, provider: Provider) -> None:
        """Its list begins empty."""
        self._providers[provider.name] = provider

    def dismiss(self, name: str) -> None:
        del self._providers[name]
        self._fetched.pop(name, None)

    def of(self, provider: str) -> Fetched:
        return self._fetched.get(provider, NEVER)

    async def look(self) -> None:
        """Ask those whom it costs nothing to ask."""
        for provider in list(self._providers.values()):
            if provider.refresh_seconds == 0:
                await self._ask(provider)

    async def refresh(self, name: str) -> Fetched:
        """Ask a provider now, and keep what came of it; who comes meanwhile waits for the same answer."""
        provider = self._providers[name]
        flight = self._flights.setdefault(name, SingleFlight(self._tasks, f"list of {name}"))

        async def ask(_: object) -> Fetched:
            fetched = await self._ask(provider)
            await self._keep(name, fetched)
            return fetched

        return await flight.join(ask, lambda _: None)

    async def _keep(self, provider: str, fetched: Fetched) -> None:
        asked = self._providers.get(provider)
        if asked is None or asked.refresh_seconds == 0:
            return
        try:
            await self._store.put(_row(provider, fetched))
        except StorageFailed as error:
            # It holds until the daemon stops, and will be asked for again after that.
            log.warning(error.message, extra={"provider": provider})

    async def _ask(self, provider: Provider) -> Fetched:
        before, now = self.of(provider.name), self._clock.now_ms()
        try:
            async with asyncio.timeout(LIST_SECONDS):
                listed = await provider.list_models()
        except TriforceError as error:
            fetched = replace(before, failure=condition_of(error, now))
        except TimeoutError:
            error = UpstreamTimeout(f"{provider.name} took more than {LIST_SECONDS:.0f} s to list its models.")
            fetched = replace(before, failure=condition_of(error, now))
        else:
            models = {model.name: model for model in listed}
            fetched = Fetched(models, now, gone=_gone(before, models, now) if provider.refresh_seconds else {})
        if self._providers.get(provider.name) is not provider:
            # It was dismissed meanwhile.
            return fetched
        self._fetched[provider.name] = fetched
        differs = list(fetched.models.values()) != list(before.models.values())
        if differs and provider.refresh_seconds:
            log.info("models changed", extra={"provider": provider.name, "models": len(fetched.models)})
        if differs or provider.refresh_seconds:
            self.changed()
        return fetched


def day(milliseconds: int) -> str:
    """`2026-11-23`."""
    return datetime.fromtimestamp(milliseconds / 1_000, UTC).date().isoformat()


def _gone(before: Fetched, models: dict[str, Listed], now: int) -> dict[str, int]:
    since = {**dict.fromkeys(before.models, now), **before.gone}
    return {name: at for name, at in since.items() if name not in models and now - at < GONE_DAYS * _DAY_MS}


def _row(provider: str, fetched: Fetched) -> ModelListRow:
    return ModelListRow(
        provider=provider,
        models=orjson.dumps(list(fetched.models.values())).decode(),
        gone=orjson.dumps(fetched.gone).decode(),
        fetched=fetched.at_ms,
        failure=orjson.dumps(fetched.failure).decode() if fetched.failure else None,
    )


def _fetched(row: ModelListRow) -> Fetched:
    listed = [_listed(model) for model in orjson.loads(row["models"])]
    failure = Condition(**orjson.loads(row["failure"])) if row["failure"] else None
    return Fetched({model.name: model for model in listed}, row["fetched"], failure, orjson.loads(row["gone"]))


def _listed(document: dict[str, Any]) -> Listed:
    """A later version may have kept more of it than this one knows."""
    known: dict[str, Any] = {name: value for name, value in document.items() if name in _LISTED}
    known["abilities"] = tuple(known.get("abilities", ()))
    return Listed(**known)
