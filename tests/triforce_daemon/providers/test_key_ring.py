"""Keys in memory: which source wins, what a change does at once, and that every secret is kept out of the log."""

from collections.abc import Callable
from pathlib import Path

import pytest

from triforce_daemon.errors import VaultUnavailable
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.key_ring import KeyRing
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.redaction import MASK, Redactor
from triforce_daemon.stores.vault.entries import Entry
from triforce_daemon.stores.vault.holders import FileHolder
from triforce_daemon.stores.vault.private_files import PrivateFolder
from triforce_daemon.stores.vault.vault import FILE, Vault

NAMES = {"groq": ["GROQ_API_KEY"], "mistral": ["MISTRAL_API_KEY"]}

Open = Callable[..., KeyRing]


def vault_in(folder: Path) -> Vault:
    path = str(folder / "vault")
    return Vault(path, "file", FileHolder(PrivateFolder(path)), None)


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def ring(tmp_path: Path, redactor: Redactor) -> Open:
    """Makes a `KeyRing`; words are its environment."""

    def open(**environ: str) -> KeyRing:
        return KeyRing(vault_in(tmp_path), NAMES, environ, str(tmp_path), redactor.add, Clock())

    return open


def found(keys: KeyRing, provider: str) -> list[tuple[str, str, str]]:
    return [(one.origin, one.name, one.secret) for one in keys.credentials(provider)]


async def test_nothing_is_there_before_it_is_loaded(ring: Open) -> None:
    keys = ring(GROQ_API_KEY="env-one")
    assert keys.credentials("groq") == ()
    await keys.load()
    assert found(keys, "groq") == [("environment", "GROQ_API_KEY", "env-one")]
    assert keys.credentials("mistral") == keys.credentials("nobody") == ()
    assert keys.providers == ["groq", "mistral"]


async def test_the_first_source_wins(ring: Open, tmp_path: Path) -> None:
    keys = ring(GROQ_API_KEY="env-one")
    await keys.load()
    (tmp_path / "groq-api-key").write_text("cred-one")
    keys = ring(GROQ_API_KEY="env-one")
    await keys.load()
    assert found(keys, "groq") == [("credential", "groq-api-key", "cred-one")]
    await keys.put("groq", "work", "vault-one")
    await keys.put("groq", "home", "vault-two")
    assert found(keys, "groq") == [("vault", "work", "vault-one"), ("vault", "home", "vault-two")]
    assert [len(source.credentials) for source in keys.sources("groq")] == [2, 1, 1]
    await keys.remove("groq", "work")
    await keys.remove("groq", "home")
    assert found(keys, "groq") == [("credential", "groq-api-key", "cred-one")]


async def test_changes_are_kept_and_told(ring: Open) -> None:
    keys = ring()
    told: list[tuple[str, tuple[Credential, ...]]] = []
    keys.on_change(lambda provider: told.append((provider, keys.credentials(provider))))
    await keys.load()
    await keys.put("groq", "default", "vault-one")
    await keys.put("groq", "default", "vault-one")
    assert told == [("groq", (Credential("default", "vault-one", "vault"),))]
    again = ring()
    await again.load()
    assert found(again, "groq") == [("vault", "default", "vault-one")]


async def test_every_secret_is_masked(ring: Open, redactor: Redactor, tmp_path: Path) -> None:
    (tmp_path / "mistral-api-key").write_text("cred-canary")
    keys = ring(GROQ_API_KEY="env-canary")
    await vault_in(tmp_path).put(Entry("groq", "work", "vault-canary"))
    await keys.load()
    await keys.put("groq", "more", "new-canary")
    for secret in ("cred-canary", "env-canary", "vault-canary", "new-canary"):
        assert redactor.clean(f"<{secret}>") == f"<{MASK}>"


async def test_a_key_is_masked_before_it_is_kept(ring: Open, redactor: Redactor, tmp_path: Path) -> None:
    keys = ring()
    (tmp_path / "vault").mkdir(mode=0o755)
    with pytest.raises(VaultUnavailable):
        await keys.put("groq", "work", "vault-canary")
    assert redactor.clean("vault-canary") == MASK


async def test_a_closed_vault_leaves_the_other_sources(
    ring: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await vault_in(tmp_path).put(Entry("groq", "work", "vault-one"))
    (tmp_path / "vault" / FILE).write_bytes(b"damaged")
    keys = ring(GROQ_API_KEY="env-one")
    await keys.load()
    assert keys.vault.state.state == "closed"
    assert "the vault cannot be opened" in caplog.text
    assert found(keys, "groq") == [("environment", "GROQ_API_KEY", "env-one")]


async def test_what_another_process_sets_is_seen(ring: Open, tmp_path: Path) -> None:
    keys = ring()
    await keys.load()
    await vault_in(tmp_path).put(Entry("groq", "work", "vault-one"))
    await keys.refresh()
    assert found(keys, "groq") == [("vault", "work", "vault-one")]


async def test_a_key_of_a_provider_that_is_gone_is_still_there(ring: Open, tmp_path: Path) -> None:
    await vault_in(tmp_path).put(Entry("gone", "work", "vault-one"))
    keys = ring()
    await keys.load()
    assert found(keys, "gone") == [("vault", "work", "vault-one")]
    assert "gone" not in keys.providers


async def test_uses_are_remembered(ring: Open) -> None:
    keys = ring(GROQ_API_KEY="env-one")
    await keys.load()
    (key,) = keys.credentials("groq")
    begun = Clock().now_ms()
    keys.used("groq", key)
    uses = keys.take_uses()
    assert list(uses) == [("groq", key)] and begun <= uses["groq", key] <= Clock().now_ms()
    assert keys.take_uses() == {}


async def test_no_secret_is_shown(ring: Open) -> None:
    keys = ring(GROQ_API_KEY="env-canary")
    await keys.load()
    assert "canary" not in repr(keys.credentials("groq")) + repr(keys.sources("groq"))


async def test_a_provider_comes_with_its_variables_and_goes(ring: Open, redactor: Redactor) -> None:
    keys = ring(MINE_KEY="sk-of-mine", OTHER="sk-other")
    await keys.load()
    told: list[str] = []
    keys.on_change(told.append)
    keys.learn("mine", ["MINE_KEY"])
    assert [key.secret for key in keys.credentials("mine")] == ["sk-of-mine"]
    assert redactor.clean("it is sk-of-mine") == f"it is {MASK}"
    keys.learn("mine", ["OTHER"])
    assert [key.secret for key in keys.credentials("mine")] == ["sk-other"]
    keys.unlearn("mine")
    assert (keys.credentials("mine"), told) == ((), ["mine", "mine", "mine"])
    assert "mine" not in keys.providers
