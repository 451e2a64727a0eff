"""What knows the models: their lists, their names, what they cost, and how they fare."""

from dataclasses import dataclass
from random import Random

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.configuration import edit
from triforce_daemon.providers.breaker import Limits
from triforce_daemon.providers.health import Health
from triforce_daemon.services.aliases import Aliases
from triforce_daemon.services.model_lists import ModelLists
from triforce_daemon.services.model_refresh import ModelRefresh
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.prices import Prices
from triforce_daemon.settings import Routing
from triforce_daemon.stores.model_lists import ModelListStore
from triforce_daemon.wire.models import AliasChange


@dataclass(frozen=True, slots=True)
class Models:
    registry: ModelRegistry
    refresh: ModelRefresh
    health: Health
    prices: Prices


async def models(ground: Ground) -> Models:
    """The lists are as they were last seen; they have begun to be looked at anew."""
    providers = ground.world.providers
    health, prices = Health(ground.clock, breaker_limits(ground.settings.routing)), Prices(ground.tasks)
    lists = ModelLists(providers, ModelListStore(ground.database), ground.tasks, ground.clock)
    await lists.load()
    registry = _registry(ground, lists, prices, health)
    refresh = ModelRefresh(providers, lists, ground.tasks, ground.clock, Random().random)
    refresh.start()
    return Models(registry, refresh, health, prices)


def breaker_limits(settings: Routing) -> Limits:
    return Limits(settings.breaker_failures, settings.breaker_window_seconds, settings.breaker_open_seconds)


def _registry(ground: Ground, lists: ModelLists, prices: Prices, health: Health) -> ModelRegistry:
    file = ground.configuration.file

    def keep_default(model: str) -> None:
        edit.put(file, "chat.default_model", model)

    def keep_alias(name: str, alias: AliasChange | None) -> None:
        if alias is None:
            edit.remove(file, f"aliases.{name}")
        else:
            edit.put_table(file, ("aliases", name), alias)

    return ModelRegistry(
        ground.world.providers,
        lists,
        Aliases(ground.settings.aliases, keep_alias),
        prices,
        ground.clock,
        default=ground.settings.chat.default_model,
        keep_default=keep_default,
        observed=lambda provider, model: health.condition(provider.name, model, provider.credentials()),
    )
