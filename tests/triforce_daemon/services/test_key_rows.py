"""Which source counts, and the words for those that do not."""

import pytest

from triforce_daemon.errors import Conflict, KeyNotFound
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.key_sources import Refused, Source
from triforce_daemon.services.key_rows import chosen, first_with_keys, place, status_of, store_of, why_not_used
from triforce_daemon.stores.vault.vault import VaultState

WORK, HOME = Credential("work", "s1", "vault"), Credential("home", "s2", "vault")
VARIABLE = Credential("GROQ_API_KEY", "s3", "environment")
VAULT, EMPTY = Source("vault", "/v", (WORK, HOME)), Source("vault", "/v")
ENVIRONMENT = Source("environment", "GROQ_API_KEY", (VARIABLE,))
OPEN = VaultState("open", "/v", "file")
CLOSED = VaultState("closed", "/v", None, "It is locked.", "Unlock it.")


def test_the_first_that_has_any_counts() -> None:
    assert first_with_keys([VAULT, ENVIRONMENT]) is VAULT
    assert first_with_keys([EMPTY, ENVIRONMENT]) is ENVIRONMENT
    assert first_with_keys([EMPTY]) is None
    assert why_not_used(VARIABLE, [EMPTY, ENVIRONMENT]) is None
    assert why_not_used(VARIABLE, [VAULT, ENVIRONMENT]) == "Keys of the vault come first."


def test_a_place_says_why_it_does_not_count() -> None:
    broken = Source("environment", "A, B", refused=(Refused("A", "It is empty."), Refused("B", "It has quotes.")))
    assert place(VAULT, [VAULT, broken], OPEN)["used"]
    assert place(broken, [VAULT, broken], OPEN)["reason"] == "A: It is empty. B: It has quotes."
    assert place(EMPTY, [EMPTY, ENVIRONMENT], OPEN)["reason"] == "There is none."
    assert place(EMPTY, [EMPTY, ENVIRONMENT], CLOSED)["reason"] == "It is locked."
    assert place(ENVIRONMENT, [VAULT, ENVIRONMENT], OPEN)["reason"] == "Keys of the vault come first."


def test_the_store_is_who_keeps_the_vaults_key() -> None:
    assert store_of("vault", OPEN) == "file"
    assert store_of("vault", VaultState("open", "/v", "credential")) == "file"
    assert store_of("vault", VaultState("open", "/v", "keyring")) == "keyring"
    assert store_of("credential", OPEN) == "credential"


def test_the_state_of_the_vault() -> None:
    assert status_of(CLOSED) == {
        "state": "closed", "path": "/v", "key": None, "reason": "It is locked.", "fix": "Unlock it."
    }  # fmt: skip


def test_the_one_that_is_meant() -> None:
    assert chosen("groq", "home", [VAULT, ENVIRONMENT]) == "home"
    assert chosen("groq", None, [Source("vault", "/v", (WORK,)), ENVIRONMENT]) == "work"
    with pytest.raises(Conflict):
        chosen("groq", None, [VAULT])
    with pytest.raises(KeyNotFound, match="called 'x'"):
        chosen("groq", "x", [VAULT, ENVIRONMENT])
    with pytest.raises(KeyNotFound) as refused:
        chosen("groq", "GROQ_API_KEY", [EMPTY, ENVIRONMENT])
    assert refused.value.hint is not None and "environment" in refused.value.hint
