"""Keys and their sources as they are shown: which one counts, and why another one does not."""

from collections.abc import Sequence

from triforce_daemon.errors import Conflict, KeyNotFound
from triforce_daemon.providers.credential import Credential, Origin
from triforce_daemon.providers.key_sources import Source
from triforce_daemon.runtime.near import near
from triforce_daemon.stores.vault.vault import VaultState
from triforce_daemon.wire.keys import Key, KeyPlace, Store, VaultStatus

_WORDS: dict[Origin, str] = {
    "vault": "the vault",
    "credential": "systemd's credentials",
    "environment": "the environment",
}


def first_with_keys(sources: Sequence[Source]) -> Source | None:
    """The source that counts."""
    return next((source for source in sources if source.credentials), None)


def why_not_used(credential: Credential, sources: Sequence[Source]) -> str | None:
    """Why no request is sent with this key; None where it is used."""
    first = first_with_keys(sources)
    if first is None or credential in first.credentials:
        return None
    return f"Keys of {_WORDS[first.origin]} come first."


def absent(provider: str, name: str | None = None, store: Store | None = None, reason: str | None = None) -> Key:
    """A key that is not there."""
    return Key(
        provider=provider,
        name=name,
        present=False,
        store=store,
        used=False,
        reason=reason,
        last_used=None,
        last_test=None,
    )


def place(source: Source, sources: Sequence[Source], vault: VaultState) -> KeyPlace:
    """One of the `sources` of a provider."""
    return KeyPlace(
        source="environment" if source.origin == "none" else source.origin,
        place=source.place,
        names=[credential.name for credential in source.credentials],
        used=source is first_with_keys(sources),
        reason=_why_nothing(source, vault) if not source.credentials else why_not_used(source.credentials[0], sources),
    )


def _why_nothing(source: Source, vault: VaultState) -> str:
    if source.origin == "vault" and vault.reason is not None:
        return vault.reason
    return " ".join(f"{refused.name}: {refused.reason}" for refused in source.refused) or "There is none."


def store_of(origin: Origin, vault: VaultState) -> Store:
    if origin in ("environment", "credential"):
        return origin
    return "keyring" if vault.holder == "keyring" else "file"


def status_of(vault: VaultState) -> VaultStatus:
    return VaultStatus(
        state=vault.state,
        path=vault.path,
        key=vault.holder,
        reason=vault.reason or vault.passed_over,
        fix=vault.fix,
    )


def chosen(provider: str, name: str | None, sources: Sequence[Source]) -> str:
    """The name of the one key of the vault (the first of `sources`) that is meant. Raises KeyNotFound and Conflict."""
    vault, *others = sources
    names = [credential.name for credential in vault.credentials]
    if name is None and len(names) > 1:
        raise Conflict(f"{provider} has {len(names)} keys: {', '.join(names)}.", f"Name one: --name {names[0]}")
    if names and name in (None, *names):
        return name or names[0]
    words = f"The vault has no key of {provider}" + (f" called {name!r}." if name is not None else ".")
    raise KeyNotFound(words, _hint(names, others), near=near(name or "", names))


def _hint(names: Sequence[str], others: Sequence[Source]) -> str:
    first = first_with_keys(others)
    if first is None or names:
        return "`triforce keys list` shows what there is."
    return f"{first.credentials[0].name} is in {_WORDS[first.origin]}: take it away there, and start the daemon again."
