"""Who takes over what is new in the configuration, section by section."""

from triforce_daemon.access.rate_limiter import RateLimiter
from triforce_daemon.access.tiers import Tiers
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.assemble.models import Models, breaker_limits
from triforce_daemon.runtime import logs
from triforce_daemon.services.chat_router import ChatRouter
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.services.provider_settings import ProviderSettings
from triforce_daemon.services.reload import Reload, Taker
from triforce_daemon.services.responses import StoredResponses
from triforce_daemon.services.routing.reuse import Reuse
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.settings import Settings


def reloading(
    ground: Ground,
    desk: SettingsDesk,
    models: Models,
    router: ChatRouter,
    reuse: Reuse,
    tiers: Tiers,
    limiter: RateLimiter,
    stored: StoredResponses,
    mounts: McpMounts,
) -> Reload:
    """A section that holds at once by its declaration needs its line here; the daemon does not start without."""
    providers = ProviderSettings(
        models.registry, models.refresh, ground.world.keys, ground.world.remote, ground.environ
    )

    def routing(settings: Settings) -> None:
        router.take(settings)
        models.health.take(breaker_limits(settings.routing))
        reuse.room = settings.routing.cache_bytes

    def responses(settings: Settings) -> None:
        stored.keep_days = settings.responses.keep_days

    takers: dict[str, Taker] = {
        "log": lambda settings: logs.take_level(settings.log.level),
        "chat": lambda settings: models.registry.take_default(settings.chat.default_model),
        "upstream": router.take,
        "routing": routing,
        "responses": responses,
        "providers": lambda settings: providers.take(settings.providers),
        "aliases": lambda settings: models.registry.take_aliases(settings.aliases),
        "limits": lambda settings: limiter.tiers.take(settings.limits.spend),
        "tiers": lambda settings: tiers.take(settings.tiers),
        "mcp_servers": lambda settings: mounts.take(settings.mcp_servers),
    }
    return Reload(desk, ground.environ, takers, ground.network.look)
