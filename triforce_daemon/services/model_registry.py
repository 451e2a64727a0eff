"""Which models there are, which one is meant, and which one is the default."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triforce_daemon.errors import InvalidRequest, ModelNotFound
from triforce_daemon.providers.provider import Provider
from triforce_daemon.runtime.near import near
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.models import DefaultModel, Model, ModelList
from triforce_daemon.wire.status import EngineStatus, ProviderStatus


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who would answer: `name` is the model as the provider knows it."""

    provider: Provider
    name: str

    @property
    def id(self) -> str:
        return f"{self.provider.name}/{self.name}"


class ModelRegistry:
    """Asks the providers; keeps nothing but the default."""

    def __init__(self, providers: Sequence[Provider], default: str, keep_default: Callable[[str], None]) -> None:
        """`default` is the setting (empty: the first model there is); `keep_default` writes a new one to it."""
        self._providers = {provider.name: provider for provider in providers}
        self._chosen = default
        self._keep_default = keep_default

    def models(self, provider: str | None = None) -> ModelList:
        """Every model, of all providers or of one."""
        items = [model for model in self._models() if provider in (None, model["provider"])]
        return ModelList(schema="triforce.models.list/1", items=items, next=None)

    def get(self, name: str) -> Model:
        """The model of that id, alias or bare name. Raises ModelNotFound with near names."""
        wanted = self.resolve(name).id
        return next(model for model in self._models() if model["id"] == wanted)

    def resolve(self, name: str) -> Candidate:
        """Who answers for `name`: an id, the alias `default`, or a bare name that only one provider has.

        Raises ModelNotFound with near names.
        """
        ids = [model["id"] for provider in self._providers.values() for model in provider.models()]
        wanted = self.default_id() if name in ("", DEFAULT_ALIAS) else name
        bare = [known for known in ids if known.partition("/")[2] == wanted]
        found = wanted if wanted in ids else bare[0] if len(bare) == 1 else None
        if found is None:
            raise self._unknown(wanted, ids)
        provider, _, model = found.partition("/")
        return Candidate(self._providers[provider], model)

    def default_id(self) -> str:
        """The id behind the alias `default`; empty where there is no model at all."""
        if self._chosen:
            return self._chosen
        return next((model["id"] for provider in self._providers.values() for model in provider.models()), "")

    def default(self) -> DefaultModel:
        origin = "setting" if self._chosen else "first"
        return DefaultModel(schema="triforce.models.default/1", model=self.default_id(), origin=origin)

    def set_default(self, name: str) -> DefaultModel:
        """Make `name` the default, from now on and after a restart. Raises ModelNotFound, StorageFailed."""
        if name == DEFAULT_ALIAS:
            raise InvalidRequest("`default` is the alias itself.", "Name a model: `triforce models list`.")
        chosen = self.resolve(name).id
        self._keep_default(chosen)
        self._chosen = chosen
        return self.default()

    def provider_of(self, name: str) -> Provider:
        return self.resolve(name).provider

    def states(self) -> list[ProviderStatus]:
        """One line a provider: its best model's state speaks for it."""
        return [_provider_status(provider) for provider in self._providers.values()]

    def engines(self) -> list[EngineStatus]:
        return [engine for provider in self._providers.values() for engine in provider.engines()]

    def _models(self) -> list[Model]:
        default = self.default_id()
        found = [model for provider in self._providers.values() for model in provider.models()]
        for model in found:
            model["default"] = model["id"] == default
        return found

    def _unknown(self, name: str, ids: Sequence[str]) -> ModelNotFound:
        alike = _near(name, ids)
        hint = f"Did you mean {' or '.join(alike)}?" if alike else "`triforce models list` shows the models there are."
        if not ids:
            hint = "No provider is enabled; see `triforce status`."
        return ModelNotFound(f"There is no model `{name}`.", hint, near=alike)


def _near(name: str, ids: Sequence[str]) -> list[str]:
    """Alike ids, and ids whose own name (without the provider) is alike."""
    bare = {known.partition("/")[2]: known for known in ids}
    found = near(name, [*ids, DEFAULT_ALIAS]) or [bare[known] for known in near(name.rpartition("/")[2], list(bare))]
    return found


def _provider_status(provider: Provider) -> ProviderStatus:
    models = provider.models()
    order = {"ok": 0, "absent": 1, "unknown": 2, "down": 3}
    best = min(models, key=lambda model: order[model["state"]], default=None)
    return ProviderStatus(
        name=provider.name,
        state=best["state"] if best else "down",
        reason=best["reason"] if best else "no models",
        models=len(models),
    )
