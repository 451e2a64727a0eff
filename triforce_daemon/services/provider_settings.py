"""Makes the providers what their settings say while the daemon runs: changed, come, or gone."""

from collections.abc import Callable, Mapping

from triforce_daemon.providers.catalog import Row, rows
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.providers.remote import Remote
from triforce_daemon.services.model_refresh import ModelRefresh
from triforce_daemon.services.model_registry import ModelRegistry
from triforce_daemon.settings import Provider


class ProviderSettings:
    def __init__(
        self,
        registry: ModelRegistry,
        refresh: ModelRefresh,
        keys: KeyRing,
        make: Callable[[Row], Remote],
        environ: Mapping[str, str],
    ) -> None:
        """`make` builds a provider that was not there before."""
        self._registry = registry
        self._refresh = refresh
        self._keys = keys
        self._make = make
        self._environ = environ

    def take(self, settings: Mapping[str, Provider]) -> None:
        """What is under way goes on as it was begun."""
        wanted = {row.name: row for row in rows(settings, self._environ)}
        for provider in self._registry.providers():
            row = wanted.pop(provider.name, None)
            if isinstance(provider, Remote):
                self._change(provider, row)
        for row in wanted.values():
            self._keys.learn(row.name, row.environment)
            provider = self._make(row)
            self._registry.admit(provider)
            self._refresh.admit(provider)
        self._registry.forget()

    def _change(self, provider: Remote, row: Row | None) -> None:
        if row is None:
            self._refresh.dismiss(provider.name)
            self._registry.dismiss(provider.name)
            self._keys.unlearn(provider.name)
        elif row != provider.row:
            self._keys.learn(row.name, row.environment)
            provider.take(row)
            self._refresh.soon(row.name)
