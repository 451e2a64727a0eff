"""The providers' keys in memory: from the vault, from systemd's credentials, from the environment."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence

from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.key_sources import Source, from_credentials, from_environment
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.stores.vault.entries import Entry
from triforce_daemon.stores.vault.vault import Vault

log = logging.getLogger(__name__)


class KeyRing:
    """Call `load` once. Of several sources that have keys of a provider, the first one counts: what was set on
    purpose wins over what the shell happened to hold."""

    def __init__(
        self,
        vault: Vault,
        names: Mapping[str, Sequence[str]],
        environ: Mapping[str, str],
        credentials: str | None,
        keep_secret: Callable[[str], None],
        clock: Clock,
    ) -> None:
        """`names`: each provider that takes a key, with the variables that may hold it; nothing else is looked up in
        `environ`. `credentials`: the folder of systemd's. `keep_secret` learns of every key before anybody else."""
        self.vault = vault
        self._clock = clock
        self._keep_secret = keep_secret
        self._environ = environ
        self._credentials = credentials
        self._given: dict[str, tuple[Source, ...]] = {}
        for provider, variables in names.items():
            self._look_for(provider, variables)
        self._keys: dict[str, tuple[Credential, ...]] = {}
        self._used: dict[tuple[str, Credential], int] = {}
        self._listeners: list[Callable[[str], None]] = []

    @property
    def providers(self) -> list[str]:
        """Those that take a key."""
        return list(self._given)

    async def load(self) -> None:
        """Read the vault; what is wrong with it stands in `vault.state`, and the other sources hold."""
        await self.vault.open()
        if self.vault.state.state == "closed":
            log.warning("the vault cannot be opened", extra={"reason": self.vault.state.reason})
        self._gather()

    async def refresh(self, *, insist: bool = False) -> None:
        """See what another process has changed. See `Vault.refresh`."""
        if await self.vault.refresh(insist=insist):
            self._gather()

    def learn(self, provider: str, variables: Sequence[str]) -> None:
        """A provider is new, or the variables that may hold its key."""
        self._look_for(provider, variables)
        self._gather()

    def unlearn(self, provider: str) -> None:
        """A provider is gone; keys of the vault stay where they are."""
        self._given.pop(provider, None)
        self._gather()

    def credentials(self, provider: str) -> tuple[Credential, ...]:
        """The keys of `provider` in the order in which they are taken in turn; from memory."""
        return self._keys.get(provider, ())

    def sources(self, provider: str) -> list[Source]:
        """Every place where keys of `provider` may be, the one that wins first among those that have any."""
        kept = tuple(self._of_vault(entry) for entry in self.vault.entries if entry.provider == provider)
        vault = Source("vault", self.vault.state.path, kept)
        return [vault, *self._given.get(provider, ())]

    async def put(self, provider: str, name: str, secret: str) -> None:
        """Keep a key; it holds from now on. Raises VaultUnavailable and StorageFailed."""
        self._keep_secret(secret)
        await self.vault.put(Entry(provider, name, secret))
        self._gather()

    async def remove(self, provider: str, name: str) -> None:
        """Forget a key of the vault. Raises VaultUnavailable and StorageFailed."""
        await self.vault.remove(provider, name)
        self._gather()

    def used(self, provider: str, credential: Credential) -> None:
        """Remember that a request is being sent with this key."""
        self._used[provider, credential] = self._clock.now_ms()

    def take_uses(self) -> dict[tuple[str, Credential], int]:
        """When keys were used, in milliseconds since 1970; what was taken is forgotten here."""
        uses, self._used = self._used, {}
        return uses

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the provider's name whenever its keys are not the same as before."""
        self._listeners.append(listener)

    def _look_for(self, provider: str, variables: Sequence[str]) -> None:
        given = (from_credentials(provider, self._credentials), from_environment(variables, self._environ))
        self._given[provider] = given
        self._hush(credential for source in given for credential in source.credentials)

    def _gather(self) -> None:
        providers = dict.fromkeys([*self._given, *(entry.provider for entry in self.vault.entries)])
        before = self._keys
        self._keys = {provider: keys for provider in providers if (keys := self._first(provider))}
        self._hush(credential for credentials in self._keys.values() for credential in credentials)
        for provider in dict.fromkeys([*before, *self._keys]):
            if before.get(provider) != self._keys.get(provider):
                for listener in self._listeners:
                    listener(provider)

    def _first(self, provider: str) -> tuple[Credential, ...]:
        return next((source.credentials for source in self.sources(provider) if source.credentials), ())

    def _of_vault(self, entry: Entry) -> Credential:
        return Credential(entry.name, entry.secret, "vault")

    def _hush(self, credentials: Iterable[Credential]) -> None:
        for credential in credentials:
            self._keep_secret(credential.secret)
