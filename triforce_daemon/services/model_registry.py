"""Which models there are, which one is meant, and which one is the default."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from triforce_daemon.errors import InvalidRequest, ModelNotFound, NotFound
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.near import near
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.candidates import Candidate, Resolution
from triforce_daemon.services.model_conditions import Observed, condition_of, nothing_observed
from triforce_daemon.services.model_lists import ModelLists
from triforce_daemon.services.model_rows import listed_at, model_row, provider_row
from triforce_daemon.services.prices import price_of
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.models import DefaultModel, Model, ModelList
from triforce_daemon.wire.status import EngineStatus, ProviderStatus

_VERSION = re.compile(r"-(\d{3,8}|\d{4}-\d\d-\d\d)|:latest")


class ModelRegistry:
    """Knows the models by what their providers listed; asks only those that cost nothing to ask."""

    def __init__(
        self,
        providers: Sequence[Provider],
        lists: ModelLists,
        default: str,
        keep_default: Callable[[str], None],
        clock: Clock,
        observed: Observed = nothing_observed,
    ) -> None:
        """`default` is the setting (empty: the first model of this machine); `keep_default` writes a new one to it."""
        self._providers = {provider.name: provider for provider in providers}
        self._lists = lists
        self._chosen = default
        self._keep_default = keep_default
        self._clock = clock
        self._observed = observed
        #: Names that were found, for as long as the lists and the default stay the same.
        self._found: dict[str, Resolution] = {}
        lists.changed = self._found.clear

    # Names

    async def resolve(self, name: str) -> Resolution:
        """What `name` stands for: an id, an alias, or a bare name that only one provider has.

        Raises ModelNotFound with near names.
        """
        return self._found.get(name) or await self._look_up(name)

    async def default_id(self) -> str:
        """The id behind the alias `default`; empty where none is chosen and this machine has no model."""
        if not self._chosen:
            await self._lists.look()
        return self._default_id()

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
        self._found.clear()
        return await self.default()

    # Models and their states

    async def models(self, provider: str | None = None) -> ModelList:
        """Every model, of all providers or of one."""
        await self._lists.look()
        default = self._default_id()
        items = [
            row
            for owner in self._providers.values()
            if provider in (None, owner.name)
            for row in self._rows(owner, default)
        ]
        return ModelList(schema="triforce.models.list/1", items=items, next=None)

    async def get(self, name: str) -> Model:
        """The model of that id, alias or bare name. Raises ModelNotFound with near names."""
        candidate = (await self.resolve(name)).candidates[0]
        provider, listed = candidate.provider, candidate.listed or Listed(candidate.name)
        when = listed_at(self._lists.of(provider.name))
        default = candidate.id == self._default_id()
        return model_row(provider, listed, self.condition(candidate), price_of(listed), when, default=default)

    def condition(self, candidate: Candidate) -> Condition:
        """How a candidate is at this moment, by all that is known of it; asks nobody."""
        return self._condition(candidate.provider, candidate.name)

    def provider(self, name: str) -> Provider:
        """Raises NotFound with near names."""
        if name not in self._providers:
            alike = near(name, list(self._providers))
            raise NotFound(f"There is no provider `{name}`.", "`triforce providers list` shows them.", near=alike)
        return self._providers[name]

    async def states(self) -> list[ProviderStatus]:
        """One line a provider; of those whose models differ, the best of them speaks for it."""
        await self._lists.look()
        return [self.state(provider) for provider in self._providers.values()]

    def state(self, provider: Provider) -> ProviderStatus:
        names = self._lists.of(provider.name).models
        asked = [None] if provider.refresh_seconds or not names else names
        return provider_row(provider.name, [self._condition(provider, name) for name in asked], len(names))

    def engines(self) -> list[EngineStatus]:
        return [engine for provider in self._providers.values() for engine in provider.engines()]

    # Inside

    def _condition(self, provider: Provider, model: str | None) -> Condition:
        return condition_of(provider, model, self._lists.of(provider.name), self._observed, self._clock.now_ms())

    def _rows(self, provider: Provider, default: str) -> Iterator[Model]:
        fetched = self._lists.of(provider.name)
        when, now = listed_at(fetched), self._clock.now_ms()
        for name, listed in fetched.models.items():
            condition = condition_of(provider, name, fetched, self._observed, now)
            chosen = default == f"{provider.name}/{name}"
            yield model_row(provider, listed, condition, price_of(listed), when, default=chosen)

    def _default_id(self) -> str:
        local = (
            f"{provider.name}/{name}"
            for provider in self._providers.values()
            if provider.boundary == "machine"
            for name, listed in self._lists.of(provider.name).models.items()
            if "chat" in listed.abilities
        )
        return self._chosen or next(local, "")

    def _ids(self) -> list[str]:
        return [f"{name}/{model}" for name in self._providers for model in self._lists.of(name).models]

    async def _look_up(self, name: str) -> Resolution:
        await self._lists.look()
        wanted = self._default_id() if name in ("", DEFAULT_ALIAS) else name
        candidate = self._by_id(wanted) or self._by_bare_name(wanted)
        if candidate is None:
            raise self._unknown(wanted)
        found = Resolution(name, None, "any", "priority", (candidate,))
        if candidate.listed is not None:
            self._found[name] = found
        return found

    def _by_id(self, id: str) -> Candidate | None:
        """An explicit `provider/name`. What its provider listed once, or may call a variant, is its own to refuse."""
        owner, _, name = id.partition("/")
        provider = self._providers.get(owner)
        if provider is None or not name:
            return None
        fetched = self._lists.of(owner)
        listed = fetched.models.get(name)
        if listed is None and fetched.at_ms is not None and name not in fetched.gone:
            kin = provider.refresh_seconds and _is_kin(name, fetched.models)
            return Candidate(provider, name) if kin else None
        return Candidate(provider, name, listed)

    def _by_bare_name(self, name: str) -> Candidate | None:
        having = [
            Candidate(provider, name, listed)
            for provider in self._providers.values()
            if (listed := self._lists.of(provider.name).models.get(name)) is not None
        ]
        return having[0] if len(having) == 1 else None

    def _unknown(self, name: str) -> ModelNotFound:
        ids = self._ids()
        if not self._providers:
            return ModelNotFound(f"There is no model `{name}`.", "No provider is enabled; see `triforce status`.")
        if not name:
            return ModelNotFound("No model is named, and there is no default.", "`triforce models default MODEL`")
        alike = _near(name, ids)
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "`triforce models list` shows the models there are."
        return ModelNotFound(f"There is no model `{name}`.", hint, near=alike)


def _is_kin(name: str, listed: Iterable[str]) -> bool:
    """Whether a provider that lists these can be expected to take that name as well.

    Providers take more than they list: a family's newest (`sonnet-4`, `sonnet-4-latest` for `sonnet-4-20250514`), a
    model with an option in its name (`llama:online`).
    """
    stem = name.removesuffix("-latest")
    return any(
        name.startswith(other + ":") or (other.startswith(stem) and _VERSION.fullmatch(other, len(stem)))
        for other in listed
    )


def _near(name: str, ids: Sequence[str]) -> list[str]:
    """Ids with that very name, else alike ones, else ids whose own name (without the provider) is alike."""
    same = [id for id in ids if id.partition("/")[2] == name]
    if same:
        return same
    bare = {known.partition("/")[2]: known for known in ids}
    return near(name, [*ids, DEFAULT_ALIAS]) or [bare[known] for known in near(name.rpartition("/")[2], list(bare))]
