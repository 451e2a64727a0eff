"""The providers as their owner sees them: how each is and why, and whether it is offered at all."""

from triforce_daemon.configuration.keys import environment
from triforce_daemon.errors import ProviderNotFound
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.provider import Provider
from triforce_daemon.providers.remote import Remote
from triforce_daemon.runtime.near import near
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.services.provider_rows import limits_row, provider_row
from triforce_daemon.services.reload import Reload
from triforce_daemon.services.settings_desk import SettingsDesk
from triforce_daemon.wire.providers import Provider as ProviderLine
from triforce_daemon.wire.providers import (
    ProviderDetail,
    ProviderLimitsList,
    ProviderList,
    ProviderSwitched,
)


class ProviderDesk:
    def __init__(
        self,
        registry: ModelRegistry,
        health: Health,
        settings: SettingsDesk,
        reload: Reload,
    ) -> None:
        self._registry = registry
        self._health = health
        self._settings = settings
        self._reload = reload

    async def all(self) -> ProviderList:
        await self._registry.look()
        items = [self._line(provider) for provider in self._registry.providers()]
        return ProviderList(schema="triforce.providers.list/1", items=items, next=None)

    async def show(self, name: str) -> ProviderDetail:
        """Raises ProviderNotFound with near names."""
        await self._registry.look()
        return ProviderDetail(**self._line(self.find(name)), schema="triforce.providers.show/1")

    def limits(self, name: str | None) -> ProviderLimitsList:
        """What a provider, or each, said of its limits in its last answers. Raises ProviderNotFound."""
        chosen = self._registry.providers() if name is None else [self.find(name)]
        items = [limits_row(one.name, said) for one in chosen for said in self._health.rate_limits.of(one.name)]
        return ProviderLimitsList(schema="triforce.providers.limits/1", items=items, next=None)

    async def switch(self, name: str, enabled: bool) -> ProviderSwitched:
        """Offer a provider or do not: at once, and after a restart.

        Raises ProviderNotFound, ConfigurationInvalid, StorageFailed.
        """
        provider = self.find(name)
        key = f"providers.{name}.enabled" if isinstance(provider, Remote) else f"{name}.enabled"
        changed = await self._reload.put(key, enabled)
        return ProviderSwitched(
            **self._line(provider),
            schema="triforce.providers.switch/1",
            restart=changed["restart"],
            overruled=self._overruled(key),
        )

    def find(self, name: str) -> Provider:
        """Raises ProviderNotFound with near names."""
        providers = {provider.name: provider for provider in self._registry.providers()}
        if name not in providers:
            hint = "`triforce providers list` shows them."
            raise ProviderNotFound(f"There is no provider `{name}`.", hint, near=near(name, list(providers)))
        return providers[name]

    def _overruled(self, key: str) -> str | None:
        return {"environment": environment(key), "flag": f"--set {key}"}.get(self._settings.origin(key))

    def _line(self, provider: Provider) -> ProviderLine:
        return provider_row(
            provider,
            self._registry.provider_condition(provider),
            models=len(self._registry.models_of(provider).models),
            first_token=self._health.first_token_of(provider.name),
            said=self._health.rate_limits.of(provider.name),
        )
