"""The keys of providers as their owner sees them: set, listed, removed, and where they are. Never what they are."""

from dataclasses import replace

from triforce_daemon.errors import Conflict, ProviderNotFound
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import Health
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.providers.key_sources import Source
from triforce_daemon.providers.secret_form import checked_name, checked_secret
from triforce_daemon.runtime.near import near
from triforce_daemon.services.key_history import KeyHistory
from triforce_daemon.services.key_rows import (
    absent,
    chosen,
    first_with_keys,
    place,
    status_of,
    store_of,
    why_not_used,
)
from triforce_daemon.stores.vault.vault import VaultState
from triforce_daemon.wire.keys import Key, KeyKept, KeyList, KeyPlaces, KeyRemoved
from triforce_daemon.wire.status import Health as HealthLine


class KeyDesk:
    def __init__(self, ring: KeyRing, history: KeyHistory, health: Health) -> None:
        self._ring = ring
        self._history = history
        self._health = health
        ring.on_change(health.forget_keys)

    async def all(self) -> KeyList:
        """Every key of every source; a provider without any has a line that says so."""
        await self._ring.refresh()
        items = [key for provider in self._everybody() for key in self._keys_of(provider)]
        return KeyList(schema="triforce.keys.list/1", vault=status_of(self._ring.vault.state), items=items, next=None)

    async def put(self, provider: str, name: str, secret: str) -> KeyKept:
        """Keep a key in the vault; it holds from now on.

        Raises ProviderNotFound, KeyMalformed, Conflict, VaultUnavailable, StorageFailed.
        """
        self.find(provider)
        secret = checked_secret(secret)
        name = checked_name(name, secret)
        await self._ring.refresh(insist=True)
        vault, *others = self._ring.sources(provider)
        for kept in vault.credentials:
            if kept.secret == secret and kept.name != name:
                raise Conflict(f"{provider} has this key already: {kept.name}.", "Each key is kept once.")
        await self._ring.put(provider, name, secret)
        await self._history.forget(provider, name)
        hidden = first_with_keys(others)
        return KeyKept(
            schema="triforce.keys.set/1",
            provider=provider,
            name=name,
            store=store_of("vault", self._ring.vault.state),
            replaced=any(kept.name == name for kept in vault.credentials),
            hides=[credential.name for credential in hidden.credentials] if hidden and not vault.credentials else [],
            reason=self._ring.vault.state.passed_over,
        )

    async def remove(self, provider: str, name: str | None) -> KeyRemoved:
        """Forget a key of the vault; without a name, the only one.

        Raises KeyNotFound, Conflict, ProviderNotFound, VaultUnavailable, StorageFailed.
        """
        await self._ring.refresh(insist=True)
        self._find_anywhere(provider)
        name = chosen(provider, name, self._ring.sources(provider))
        await self._ring.remove(provider, name)
        await self._history.forget(provider, name)
        left = self._ring.credentials(provider)
        return KeyRemoved(
            schema="triforce.keys.remove/1", provider=provider, name=name, next=left[0].origin if left else None
        )

    async def where(self, provider: str | None) -> KeyPlaces:
        """Where the vault and, of one provider, each source is; which one counts, and why the others do not.

        May ask the keyring. Raises ProviderNotFound.
        """
        await self._ring.refresh(insist=True)
        if provider is not None:
            self._find_anywhere(provider)
        sources = [] if provider is None else self._ring.sources(provider)
        items = [place(source, sources, self._ring.vault.state) for source in sources]
        return KeyPlaces(
            schema="triforce.keys.where/1",
            vault=status_of(await self._outlook()),
            provider=provider,
            winner=next((item["source"] for item in items if item["used"]), None),
            items=items,
            next=None,
        )

    def ills(self) -> list[HealthLine]:
        """What is wrong with the vault, for the page of the daemon's state."""
        state = self._ring.vault.state
        if state.state != "closed":
            return []
        message = f"The keys in the vault cannot be used: {state.reason}"
        return [HealthLine(code="vault.closed", severity="error", message=message, fix=state.fix)]

    def find(self, provider: str) -> None:
        """Raises ProviderNotFound where no provider of that name takes a key."""
        known = self._ring.providers
        if provider not in known:
            words = f"No provider that takes a key is called {provider!r}."
            raise ProviderNotFound(words, "`triforce keys list` shows them.", near=near(provider, known))

    async def _outlook(self) -> VaultState:
        """The vault's state; where it is not there yet, with what it will be."""
        state = self._ring.vault.state
        if state.state == "closed":
            return state
        holder, passed_over = await self._ring.vault.outlook()
        return replace(state, holder=state.holder or holder, passed_over=state.passed_over or passed_over)

    def _everybody(self) -> list[str]:
        kept = (entry.provider for entry in self._ring.vault.entries)
        return list(dict.fromkeys([*self._ring.providers, *kept]))

    def _find_anywhere(self, provider: str) -> None:
        """Also a provider that is gone, whose keys are still in the vault. Raises ProviderNotFound."""
        if provider not in self._everybody():
            self.find(provider)

    def _keys_of(self, provider: str) -> list[Key]:
        sources = self._ring.sources(provider)
        keys = [self._key(provider, one, sources) for source in sources for one in source.credentials]
        refused = [
            absent(provider, refused.name, store_of(source.origin, self._ring.vault.state), refused.reason)
            for source in sources
            for refused in source.refused
        ]
        return [*keys, *refused] or [absent(provider)]

    def _key(self, provider: str, credential: Credential, sources: list[Source]) -> Key:
        reason = why_not_used(credential, sources)
        if provider not in self._ring.providers:
            reason = "No provider has this name any more."
        resting = self._health.rests(provider, credential)
        return Key(
            provider=provider,
            name=credential.name,
            present=True,
            store=store_of(credential.origin, self._ring.vault.state),
            used=reason is None,
            reason=reason or (resting.condition.reason if resting else None),
            last_used=self._history.last_used(provider, credential),
            last_test=self._history.last_test(provider, credential),
        )
