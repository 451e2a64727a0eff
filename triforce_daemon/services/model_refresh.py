"""Keeps the lists of the providers out there fresh, without all of them being asked at once."""

import asyncio
from collections.abc import Callable, Sequence

from triforce_daemon.providers.credential import NO_KEY
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.model_lists import Fetched, ModelLists
from triforce_daemon.services.model_rows import evidence
from triforce_daemon.wire.models import Refreshed, RefreshList

#: Seconds between the first askings of two providers, after a start.
STAGGER = 0.05
#: How soon a provider is asked again that failed; twice as long after each further failure.
RETRY = 15.0
#: But no later than this: a network that was away for a day is back at once.
RETRY_AT_MOST = 300.0
#: How often it is looked whether a provider that nobody can call (no key, say) has become one to be asked.
IDLE = 60.0
#: Waits are shorter or longer by up to this share, so that many daemons do not ask at the same moment.
JITTER = 0.2


class ModelRefresh:
    def __init__(
        self, providers: Sequence[Provider], lists: ModelLists, tasks: Tasks, clock: Clock, chance: Callable[[], float]
    ) -> None:
        """`chance` gives numbers from 0 to 1."""
        self._all = {provider.name: provider for provider in providers}
        self._lists = lists
        self._tasks = tasks
        self._clock = clock
        self._chance = chance

    def start(self) -> None:
        """Ask each provider whenever its list is too old, in the background; providers without a key are left alone."""
        remote = [provider for provider in self._all.values() if provider.refresh_seconds]
        for place, provider in enumerate(remote):
            self._tasks.start(self._keep_fresh(provider, place), f"lists of {provider.name}")

    def admit(self, provider: Provider) -> None:
        """A provider that was not there before."""
        self._all[provider.name] = provider
        self._tasks.start(self._keep_fresh(provider, 0), f"lists of {provider.name}")

    def dismiss(self, name: str) -> None:
        """It is asked no more."""
        del self._all[name]

    def soon(self, provider: str) -> None:
        """Something about it is new (a key, say): ask it now, in the background."""
        if provider in self._all and may_be_asked(self._all[provider]):
            self._tasks.start(self._lists.refresh(provider), f"list of {provider}, at once")

    async def now(self, names: Sequence[str]) -> RefreshList:
        """Ask these providers, or all that may be asked, at the same time; what came of it for each."""
        chosen = names or [name for name, provider in self._all.items() if may_be_asked(provider)]
        items = await asyncio.gather(*(self._refreshed(self._all[name]) for name in dict.fromkeys(chosen)))
        if not names:
            # An Ollama that nobody has installed is no failure of those that were meant.
            items = [item for item in items if item["ok"] or not self._was_never_there(item)]
        return RefreshList(schema="triforce.models.refresh/1", items=items, next=None)

    def _was_never_there(self, item: Refreshed) -> bool:
        return item["models"] == 0 and NO_KEY in self._all[item["provider"]].credentials()

    async def _refreshed(self, provider: Provider) -> Refreshed:
        before, began = self._lists.of(provider.name), self._clock.ticks()
        fetched, condition = before, provider.condition()
        if asked := may_be_asked(provider):
            fetched = await self._lists.refresh(provider.name)
            condition = fetched.failure or condition
        return Refreshed(
            provider=provider.name,
            ok=asked and fetched.failure is None,
            models=len(fetched.models),
            added=[name for name in fetched.models if name not in before.models],
            gone=[name for name in before.models if name not in fetched.models],
            state=condition.state,
            reason=condition.reason,
            fix=condition.fix,
            evidence=evidence(condition),
            ms=round((self._clock.ticks() - began) * 1_000, 1),
        )

    async def _keep_fresh(self, provider: Provider, place: int) -> None:
        await self._clock.sleep(place * STAGGER)
        failures = 0
        while self._all.get(provider.name) is provider:
            before = self._lists.of(provider.name)
            await self._clock.sleep(self._wait(provider, before, failures))
            there = self._all.get(provider.name) is provider
            if there and may_be_asked(provider) and self._lists.of(provider.name) is before:
                await self._lists.refresh(provider.name)
            failures = failures + 1 if self._lists.of(provider.name).failure else 0

    def _wait(self, provider: Provider, fetched: Fetched, failures: int) -> float:
        if not may_be_asked(provider):
            return self._jittered(IDLE)
        last = [at for at in (fetched.at_ms, fetched.failure and fetched.failure.at_ms) if at is not None]
        if not last:
            return 0
        holds = provider.refresh_seconds
        if fetched.failure is not None:
            # The first asking after a start is not made to wait for what failed before it.
            holds = min(holds, RETRY_AT_MOST, RETRY * 2 ** (failures - 1)) if failures else 0
        age = (self._clock.now_ms() - max(last)) / 1_000
        return max(0.0, self._jittered(holds) - max(age, 0))

    def _jittered(self, seconds: float) -> float:
        return seconds * (1 - JITTER + 2 * JITTER * self._chance())


def may_be_asked(provider: Provider) -> bool:
    """Nobody is asked who has no key, is disabled or retired: that is no failure, and no business of his."""
    return provider.condition().callable and bool(provider.credentials())
