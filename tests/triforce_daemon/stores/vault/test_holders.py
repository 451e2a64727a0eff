"""Where the vault's own key may be."""

import os
from pathlib import Path

import pytest

from triforce_daemon.errors import StorageFailed, VaultUnavailable
from triforce_daemon.stores.vault.holders import CREDENTIAL, KEY_FILE, CredentialHolder, FileHolder, new_key
from triforce_daemon.stores.vault.private_files import PrivateFolder


async def test_a_file_holds_a_key_of_its_own(tmp_path: Path) -> None:
    holder = FileHolder(PrivateFolder(str(tmp_path / "vault")))
    assert await holder.read() is None
    key = await holder.make()
    assert key == await holder.make() == await holder.read()
    assert os.stat(holder.place).st_mode & 0o777 == 0o600
    await holder.forget()
    assert await holder.read() is None


async def test_half_a_key_is_none(tmp_path: Path) -> None:
    folder = PrivateFolder(str(tmp_path / "vault"))
    folder.replace(KEY_FILE, b"short")
    with pytest.raises(VaultUnavailable, match="not whole"):
        await FileHolder(folder).make()


async def test_a_credential_is_read_and_never_made(tmp_path: Path) -> None:
    holder = CredentialHolder(str(tmp_path))
    assert await holder.read() is None
    with pytest.raises(VaultUnavailable, match="no credential"):
        await holder.make()
    (tmp_path / CREDENTIAL).write_bytes(b"k" * 32 + b"\n")
    assert await holder.make() == b"k" * 32


async def test_a_word_is_no_credential(tmp_path: Path) -> None:
    (tmp_path / CREDENTIAL).write_bytes(b"letmein")
    with pytest.raises(VaultUnavailable, match="32 or more"):
        await CredentialHolder(str(tmp_path)).read()


async def test_a_credential_that_cannot_be_read_is_no_missing_one(tmp_path: Path) -> None:
    (tmp_path / CREDENTIAL).mkdir()
    with pytest.raises(StorageFailed):
        await CredentialHolder(str(tmp_path)).read()


async def test_without_systemd_there_is_none() -> None:
    assert await CredentialHolder(None).read() is None


def test_keys_are_long_and_never_the_same() -> None:
    assert len({new_key() for _ in range(10)}) == 10
    assert len(new_key()) >= 43
