"""What is sealed opens with its key only, and with every bit as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import VaultUnavailable
from triforce_daemon.stores.vault.envelope import Envelope, Holder, seal

KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.mark.parametrize("holder", ["keyring", "credential", "file"])
def test_what_was_sealed_opens(holder: Holder) -> None:
    sealed = seal(b"content", holder, KEY)
    envelope = Envelope.read(sealed)
    assert (envelope.holder, envelope.open(KEY)) == (holder, b"content")
    assert b"content" not in sealed


def test_no_two_are_alike() -> None:
    assert seal(b"content", "file", KEY) != seal(b"content", "file", KEY)


def test_another_key_is_told_from_damage() -> None:
    with pytest.raises(VaultUnavailable, match="another key"):
        Envelope.read(seal(b"content", "file", KEY)).open(OTHER)


SEALED = seal(b"sk-1234567890", "keyring", KEY)


@given(at=st.integers(0, len(SEALED) - 1), bit=st.integers(0, 7))
def test_every_bit_is_guarded(at: int, bit: int) -> None:
    changed = bytearray(SEALED)
    changed[at] ^= 1 << bit
    with pytest.raises(VaultUnavailable):
        Envelope.read(bytes(changed)).open(KEY)


@given(st.integers(0, len(SEALED) - 1))
def test_a_part_of_it_is_not_it(length: int) -> None:
    with pytest.raises(VaultUnavailable):
        Envelope.read(SEALED[:length]).open(KEY)


@given(st.binary(max_size=200))
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(VaultUnavailable):
        Envelope.read(content).open(KEY)


def test_a_newer_format_is_said_to_be_newer() -> None:
    with pytest.raises(VaultUnavailable, match="newer"):
        Envelope.read(b"triforce-vault 2 whatever is there\n...")
