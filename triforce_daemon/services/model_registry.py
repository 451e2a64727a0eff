"""Which models there are, which one is meant, and which one is the default."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from triforce_daemon.errors import InvalidRequest, ModelNotFound
from triforce_daemon.providers.condition import Condition
from triforce_daemon.providers.listed import Listed
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.near import near
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.model_lists import ModelLists
from triforce_daemon.services.model_rows import model_row, provider_row
from triforce_daemon.wire.boundary import Boundary
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.models import DefaultModel, Model, ModelList, Order
from triforce_daemon.wire.status import EngineStatus, ProviderStatus


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who would answer: `name` is the model as the provider knows it; `listed` is None where it is not in its list."""

    provider: Provider
    name: str
    listed: Listed | None = None

    @property
    def id(self) -> str:
        return f"{self.provider.name}/{self.name}"


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name stands for: one model, which nothing ever replaces, or the candidates of an alias."""

    asked: str
    alias: str | None
    #: How far a prompt may go that is sent to this name; the caller's own boundary is another matter.
    boundary: Boundary
    order: Order
    candidates: tuple[Candidate, ...]

    @property
    def name(self) -> str:
        """How it is written down: the alias, or the model's id."""
        return self.alias or self.candidates[0].id


class ModelRegistry:
    """Knows the models by what their providers listed; asks only those that cost nothing to ask."""

    def __init__(
        self, providers: Sequence[Provider], default: str, keep_default: Callable[[str], None], clock: Clock
    ) -> None:
        """`default` is the setting (empty: the first model of this machine); `keep_default` writes a new one to it."""
        self._providers = {provider.name: provider for provider in providers}
        self._lists = ModelLists(providers, clock)
        self._chosen = default
        self._keep_default = keep_default
        #: Names that were found, for as long as the lists and the default stay the same.
        self._found: dict[str, Resolution] = {}

    # Names

    async def resolve(self, name: str) -> Resolution:
        """What `name` stands for: an id, an alias, or a bare name that only one provider has.

        Raises ModelNotFound with near names.
        """
        return self._found.get(name) or await self._look_up(name)

    async def default_id(self) -> str:
        """The id behind the alias `default`; empty where none is chosen and this machine has no model."""
        if not self._chosen:
            await self._look()
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
        await self._look()
        default = self._default_id()
        items = [
            model_row(owner, listed, owner.condition(listed.name), default=id == default)
            for id, owner, listed in self._listed()
            if provider in (None, owner.name)
        ]
        return ModelList(schema="triforce.models.list/1", items=items, next=None)

    async def get(self, name: str) -> Model:
        """The model of that id, alias or bare name. Raises ModelNotFound with near names."""
        candidate = (await self.resolve(name)).candidates[0]
        listed = candidate.listed or Listed(candidate.name)
        default = candidate.id == self._default_id()
        return model_row(candidate.provider, listed, self.condition(candidate), default=default)

    def condition(self, candidate: Candidate) -> Condition:
        """How a candidate is at this moment, by all that is known of it; asks nobody."""
        return candidate.provider.condition(candidate.name)

    async def states(self) -> list[ProviderStatus]:
        """One line a provider: its best model's state speaks for it."""
        await self._look()
        return [self._state(provider) for provider in self._providers.values()]

    def engines(self) -> list[EngineStatus]:
        return [engine for provider in self._providers.values() for engine in provider.engines()]

    # Inside

    def _default_id(self) -> str:
        first = (id for id, provider, _ in self._listed() if provider.boundary == "machine")
        return self._chosen or next(first, "")

    def _state(self, provider: Provider) -> ProviderStatus:
        models = self._lists.of(provider.name).models
        return provider_row(provider, [provider.condition(name) for name in models], models)

    def _listed(self) -> Iterator[tuple[str, Provider, Listed]]:
        for provider in self._providers.values():
            for listed in self._lists.of(provider.name).models.values():
                yield f"{provider.name}/{listed.name}", provider, listed

    async def _look(self) -> None:
        if await self._lists.look():
            self._found.clear()

    async def _look_up(self, name: str) -> Resolution:
        await self._look()
        wanted = self._default_id() if name in ("", DEFAULT_ALIAS) else name
        candidate = self._by_id(wanted) or self._by_bare_name(wanted)
        if candidate is None:
            raise self._unknown(wanted)
        found = Resolution(name, None, "any", "priority", (candidate,))
        if candidate.listed is not None:
            self._found[name] = found
        return found

    def _by_id(self, id: str) -> Candidate | None:
        """An explicit `provider/name`. One whose list never came is believed to have what is asked of it."""
        owner, _, name = id.partition("/")
        provider = self._providers.get(owner)
        if provider is None or not name:
            return None
        fetched = self._lists.of(owner)
        listed = fetched.models.get(name)
        return Candidate(provider, name, listed) if listed is not None or fetched.at_ms is None else None

    def _by_bare_name(self, name: str) -> Candidate | None:
        having = [
            Candidate(provider, name, listed)
            for provider in self._providers.values()
            if (listed := self._lists.of(provider.name).models.get(name)) is not None
        ]
        return having[0] if len(having) == 1 else None

    def _unknown(self, name: str) -> ModelNotFound:
        ids = [id for id, _, _ in self._listed()]
        if not self._providers:
            return ModelNotFound(f"There is no model `{name}`.", "No provider is enabled; see `triforce status`.")
        if not name:
            return ModelNotFound("No model is named, and there is no default.", "`triforce models default MODEL`")
        alike = _near(name, ids)
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "`triforce models list` shows the models there are."
        return ModelNotFound(f"There is no model `{name}`.", hint, near=alike)


def _near(name: str, ids: Sequence[str]) -> list[str]:
    """Ids with that very name, else alike ones, else ids whose own name (without the provider) is alike."""
    same = [id for id in ids if id.partition("/")[2] == name]
    if same:
        return same
    bare = {known.partition("/")[2]: known for known in ids}
    return near(name, [*ids, DEFAULT_ALIAS]) or [bare[known] for known in near(name.rpartition("/")[2], list(bare))]
