"""Who keeps the key that seals the vault: the keyring of the user's session, systemd, or a file beside the vault."""

import secrets
from typing import Protocol

from triforce_daemon.errors import StorageFailed, VaultUnavailable
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.stores.vault.envelope import Holder
from triforce_daemon.stores.vault.private_files import PrivateFolder

#: The credential of systemd's that seals the vault (systemd.exec(5): LoadCredential=, LoadCredentialEncrypted=).
CREDENTIAL = "triforce-vault-key"
KEY_FILE = "key"

#: As many as AES-256 has: with fewer, the key would be what an attacker guesses.
_SHORTEST = 32


class KeyHolder(Protocol):
    """`place` tells a person where the key is. All methods raise VaultUnavailable or StorageFailed."""

    @property
    def name(self) -> Holder: ...

    @property
    def place(self) -> str: ...

    async def read(self) -> bytes | None:
        """The key; None where none is kept."""
        ...

    async def make(self) -> bytes:
        """The key, made where there was none. Only for who holds the vault's lock."""
        ...


class CredentialHolder:
    """A key that systemd hands to the daemon and to nobody else."""

    name: Holder = "credential"

    def __init__(self, folder: str | None) -> None:
        """`folder`: $CREDENTIALS_DIRECTORY, where there is one."""
        self.place = f"{folder or '$CREDENTIALS_DIRECTORY'}/{CREDENTIAL}"
        self._folder = folder

    async def read(self) -> bytes | None:
        if self._folder is None:
            return None
        try:
            key = await in_thread(_content, self.place)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageFailed(
                f"{self.place}: {error.strerror}.", "See LoadCredential= in systemd.exec(5)."
            ) from error
        if len(key) < _SHORTEST:
            raise VaultUnavailable(
                f"The credential {CREDENTIAL} has {len(key)} bytes, and must have {_SHORTEST} or more.",
                "Make one with: openssl rand -base64 32",
            )
        return key

    async def make(self) -> bytes:
        key = await self.read()
        if key is None:
            raise VaultUnavailable(f"There is no credential {CREDENTIAL}.", "See LoadCredential= in systemd.exec(5).")
        return key


class FileHolder:
    """A key beside the vault: it keeps the vault's content out of copies of the vault alone, and no more than that."""

    name: Holder = "file"

    def __init__(self, folder: PrivateFolder) -> None:
        self.place = folder.file(KEY_FILE)
        self._folder = folder

    async def read(self) -> bytes | None:
        key = await in_thread(self._folder.read, KEY_FILE)
        if key is not None and len(key) < _SHORTEST:
            raise VaultUnavailable(f"{self.place} is not whole.", "Bring back a copy of it.")
        return key

    async def make(self) -> bytes:
        key = await self.read()
        if key is None:
            key = new_key().encode()
            await in_thread(self._folder.replace, KEY_FILE, key)
        return key

    async def forget(self) -> None:
        await in_thread(self._folder.remove, KEY_FILE)


def new_key() -> str:
    """A key as text, which every holder can keep."""
    return secrets.token_urlsafe(_SHORTEST)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read().rstrip(b"\r\n")
