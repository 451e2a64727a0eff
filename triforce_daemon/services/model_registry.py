"""Which models there are, how they are, what they cost, which one is meant, and which one is the default."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from triforce_daemon.access.caller import SELF, Caller
from triforce_daemon.errors import InvalidRequest, ModelNotFound, NotFound
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Progress, Provider
from triforce_daemon.providers.removal import Removes
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.near import near
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.aliases import Aliases
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.model_conditions import Observed, condition_of, nothing_observed
from triforce_daemon.services.model_guesses import Guesses, Sees
from triforce_daemon.services.model_lists import Fetched, ModelLists
from triforce_daemon.services.model_names import ModelNames
from triforce_daemon.services.model_rows import alias_row, listed_at, model_row, provider_row, without_path
from triforce_daemon.services.prices import Cost, Prices, costs_nothing
from triforce_daemon.settings import Alias as AliasSettings
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.models import (
    AliasChange,
    DefaultModel,
    Model,
    ModelAlias,
    ModelAliasList,
    ModelList,
    PullDone,
    Removed,
)
from triforce_daemon.wire.status import EngineStatus, ProviderStatus


class ModelRegistry:
    """Knows the models by what their providers listed; asks only those that cost nothing to ask."""

    def __init__(
        self,
        providers: Sequence[Provider],
        lists: ModelLists,
        aliases: Aliases,
        prices: Prices,
        clock: Clock,
        *,
        default: str,
        keep_default: Callable[[str], None],
        observed: Observed = nothing_observed,
    ) -> None:
        """`default` is the setting (empty: the first model of this machine); `keep_default` writes a new one to it."""
        self._providers = {provider.name: provider for provider in providers}
        self._lists = lists
        self._aliases = aliases
        self._prices = prices
        self._clock = clock
        self._chosen = default
        self._guesses = Guesses(clock.ticks)
        self._keep_default = keep_default
        self._observed = observed
        self._names = ModelNames(providers, lists, aliases, self._is_ready)
        #: The names' own table, one step nearer for every request.
        self._known = self._names.known
        lists.changed = self._take_news
        self._take_news()

    # Names

    async def resolve(self, name: str, caller: Caller = SELF) -> Resolution:
        """What `name` stands for: an id, an alias, or a bare name that only one provider has.

        Raises ModelNotFound with near names, of those that `caller` may see. An alias may have no candidates.
        """
        return self._known.get(name) or await self._look_up(name, caller)

    async def one(self, name: str, caller: Caller = SELF) -> Candidate:
        """The model of that name; of an alias the first that can be called. Raises ModelNotFound."""
        resolution = await self.resolve(name, caller)
        if not resolution.candidates:
            raise ModelNotFound(f"Nobody is behind the alias `{name}`.", "`triforce models alias` shows what it names.")
        return next(filter(self._is_ready, resolution.candidates), resolution.candidates[0])

    async def to_pull(self, name: str) -> Candidate:
        """The model of that name, which its provider need not list yet. Raises ModelNotFound."""
        owner, _, model = name.partition("/")
        return Candidate(self._providers[owner], model) if model and owner in self._providers else await self.one(name)

    async def pull(self, candidate: Candidate, progress: Progress) -> PullDone:
        """Fetch a model. Raises what its provider comes to."""
        done = await candidate.provider.pull(candidate.name, progress)
        if candidate.provider.refresh_seconds:
            await self._lists.refresh(candidate.provider.name)
        return done

    async def default_id(self) -> str:
        """What the alias `default` stands for; empty where none is chosen and this machine has no model."""
        if not self._chosen:
            await self._lists.look()
        return self._default()

    async def default(self) -> DefaultModel:
        origin = "setting" if self._chosen else "first"
        return DefaultModel(schema="triforce.models.default/1", model=await self.default_id(), origin=origin)

    async def set_default(self, name: str) -> DefaultModel:
        """Make `name` the default, from now on and after a restart. Raises ModelNotFound, StorageFailed."""
        if name == DEFAULT_ALIAS:
            raise InvalidRequest("`default` is the alias itself.", "Name a model: `triforce models list`.")
        chosen = (await self.resolve(name)).name
        await in_thread(self._keep_default, chosen)
        self._chosen = chosen
        self._names.forget()
        return await self.default()

    async def aliases(self) -> ModelAliasList:
        await self._lists.look()
        items = [self._alias_row(alias.name) for alias in self._aliases.all()]
        return ModelAliasList(schema="triforce.models.alias.list/1", items=items, next=None)

    async def set_alias(self, name: str, change: AliasChange) -> ModelAlias:
        """Make or change an alias, at once and after a restart. Raises InvalidRequest, StorageFailed."""
        await in_thread(self._aliases.put, name, change)
        self._names.forget()
        await self._lists.look()
        return self._alias_row(name)

    async def remove_alias(self, name: str) -> None:
        """Raises NotFound, StorageFailed."""
        await in_thread(self._aliases.remove, name)
        self._names.forget()

    # Models, their states and prices

    async def models(self, provider: str | None = None, caller: Caller = SELF) -> ModelList:
        """Every model, of all providers or of one, without what is the owner's alone to know."""
        await self._lists.look()
        default = self._default()
        items = [
            row
            for owner in self._providers.values()
            if provider in (None, owner.name)
            for row in self._rows(owner, default)
        ]
        if not caller.is_admin:
            items = list(map(without_path, items))
        return ModelList(schema="triforce.models.list/1", items=items, next=None)

    async def get(self, name: str, caller: Caller = SELF) -> Model:
        """The model of that id, alias (its first) or bare name, as `caller` may see it.

        Raises ModelNotFound with near names, also for a model that he may not see.
        """
        candidate = await self.one(name, caller)
        if not Sees(caller, self.is_free).model(candidate):
            raise await self._unknown(name, caller)
        listed = candidate.listed or Listed(candidate.name)
        row = model_row(
            candidate.provider,
            listed,
            self.condition(candidate),
            self._prices.of(candidate.provider, listed),
            listed_at=listed_at(self._lists.of(candidate.provider.name)),
            default=candidate.id == self._default(),
        )
        return row if caller.is_admin else without_path(row)

    def condition(self, candidate: Candidate) -> Condition:
        """How a candidate is at this moment, by all that is known of it; asks nobody."""
        return self._condition(candidate.provider, candidate.name)

    def is_free(self, candidate: Candidate) -> bool:
        """Whether asking it is known to cost nothing. Never waits."""
        price = self._prices.of(candidate.provider, candidate.listed or Listed(candidate.name))
        return price is not None and costs_nothing(price)

    def cost(self, provider: str, model: str, usage: Mapping[str, Any]) -> Cost | None:
        """What an answer cost that used so much (`Usage` of the canonical form or of the wire).

        None where it is unknown; "0" is free. `model` is the provider's own name of it. Never waits.
        """
        owner = self._providers[provider]
        return self._prices.cost(owner, model, self._lists.of(provider).models.get(model), usage)

    def provider(self, name: str) -> Provider:
        """Raises NotFound with near names."""
        if name not in self._providers:
            alike = near(name, list(self._providers))
            raise NotFound(f"There is no provider `{name}`.", "`triforce providers list` shows them.", near=alike)
        return self._providers[name]

    def providers(self) -> list[Provider]:
        """In the order in which they are shown, with those that are switched off."""
        return list(self._providers.values())

    async def look(self) -> None:
        """Ask those whom it costs nothing to ask for their models."""
        await self._lists.look()

    def provider_condition(self, provider: Provider) -> Condition:
        """How the provider as a whole is at this moment, by all that is known of it; asks nobody."""
        return self._condition(provider, None)

    def models_of(self, provider: Provider) -> Fetched:
        """Its list as it came last."""
        return self._lists.of(provider.name)

    def admit(self, provider: Provider) -> None:
        """A provider that was not there before."""
        self._providers[provider.name] = provider
        self._names.admit(provider)
        self._lists.admit(provider)

    def dismiss(self, name: str) -> None:
        """A provider is gone; its models are nobody's. What it was asked before is answered."""
        del self._providers[name]
        self._names.dismiss(name)
        self._lists.dismiss(name)

    def take_aliases(self, settings: Mapping[str, AliasSettings]) -> None:
        """The user's own aliases are these from now on."""
        self._aliases.take(settings)
        self._names.forget()

    def take_default(self, name: str) -> None:
        """The model behind `default` is this from now on; empty: the first of this machine."""
        self._chosen = name
        self._names.forget()

    def forget(self) -> None:
        """What a provider is has changed: no name stands for what it stood for until now."""
        self._names.forget()

    async def remove(self, name: str) -> Removed:
        """Delete a model's file from a disk of the owner's. Raises ModelNotFound, InvalidRequest, Conflict."""
        resolution = await self.resolve(name)
        if resolution.alias is not None:
            raise InvalidRequest(f"`{name}` is an alias.", "Name the model, or `triforce models alias --remove`.")
        return await self.remove_from_disk(resolution.candidates[0])

    async def remove_from_disk(self, candidate: Candidate) -> Removed:
        """Delete the file of a model, which need not be listed yet. Raises as `remove` does."""
        if not isinstance(candidate.provider, Removes):
            raise InvalidRequest(f"{candidate.id} does not lie on a disk of yours.", "There is nothing to remove.")
        freed = await candidate.provider.remove(candidate.name)
        if candidate.provider.refresh_seconds:
            await self._lists.refresh(candidate.provider.name)
        return Removed(schema="triforce.models.rm/1", model=candidate.id, freed_bytes=freed)

    async def states(self) -> list[ProviderStatus]:
        """One line a provider; of those whose models differ, the best of them speaks for it."""
        await self._lists.look()
        return [self._state(provider) for provider in self._providers.values()]

    def engines(self) -> list[EngineStatus]:
        return [engine for provider in self._providers.values() for engine in provider.engines()]

    # Inside

    async def _look_up(self, name: str, caller: Caller) -> Resolution:
        await self._lists.look()
        meant = self._default() if name in ("", DEFAULT_ALIAS) else name
        found = self._names.find(name, meant)
        if found is None:
            raise await self._unknown(meant, caller)
        return found

    async def _unknown(self, name: str, caller: Caller) -> ModelNotFound:
        if not self._guesses.take(caller.account):
            return self._names.unknown(name)
        return await in_thread(self._names.unknown, name, Sees(caller, self.is_free))

    def _take_news(self) -> None:
        self._names.forget()
        for provider in self._providers.values():
            if provider.refresh_seconds and provider.credentials():
                self._prices.learn((provider, listed) for listed in self._lists.of(provider.name).models.values())

    def _default(self) -> str:
        return self._chosen or self._names.default()

    def _is_ready(self, candidate: Candidate) -> bool:
        return self.condition(candidate).callable

    def _condition(self, provider: Provider, model: str | None) -> Condition:
        return condition_of(provider, model, self._lists.of(provider.name), self._observed, self._clock.now_ms())

    def _state(self, provider: Provider) -> ProviderStatus:
        names = self._lists.of(provider.name).models
        asked = [None] if provider.refresh_seconds or not names else names
        return provider_row(provider.name, [self._condition(provider, name) for name in asked], len(names))

    def _rows(self, provider: Provider, default: str) -> Iterator[Model]:
        fetched = self._lists.of(provider.name)
        when, now = listed_at(fetched), self._clock.now_ms()
        for name, listed in fetched.models.items():
            condition = condition_of(provider, name, fetched, self._observed, now)
            price = self._prices.of(provider, listed)
            chosen = default == f"{provider.name}/{name}"
            yield model_row(provider, listed, condition, price, listed_at=when, default=chosen)

    def _alias_row(self, name: str) -> ModelAlias:
        alias = self._aliases.get(name)
        assert alias is not None
        return alias_row(alias, [candidate.id for candidate in self._names.behind(alias) if self._is_ready(candidate)])
