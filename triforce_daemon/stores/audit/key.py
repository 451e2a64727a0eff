"""The key that signs the audit's segments. Its fingerprint is the chain's name: a chain is its own witness."""

import os
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from triforce_daemon.errors import ConfigurationInvalid, StorageFailed, VaultUnavailable
from triforce_daemon.stores.vault.private_files import PrivateFolder

#: The credential of systemd's (systemd.exec(5): LoadCredential=, LoadCredentialEncrypted=).
CREDENTIAL = "triforce-audit-key"
_FILE = "key"
_NAME_LENGTH = 16


class SigningKey:
    def __init__(self, seed: bytes, place: str) -> None:
        """Raises ConfigurationInvalid for what is no key."""
        if len(seed) != 32:
            raise ConfigurationInvalid(
                f"{place} holds no key for the audit: it has {len(seed)} bytes, and must have 32.",
                "Bring back a copy of it. Without it, remove it: a new chain begins, and the old one stays as it is.",
            )
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.place = place
        #: In hexadecimal, as it is shown.
        self.public = self._key.public_key().public_bytes_raw().hex()

    @property
    def chain(self) -> str:
        """The name of the chain that it signs."""
        return chain_of(self.public)

    def sign(self, statement: bytes) -> str:
        return self._key.sign(statement).hex()


def chain_of(public: str) -> str:
    """The chain whose segments this key signs, and no other's."""
    return sha256(public.encode()).hexdigest()[:_NAME_LENGTH]


def is_signed(statement: bytes, signature: str, public: str) -> bool:
    """Whether the holder of the key has signed it."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), statement)
    except (InvalidSignature, ValueError):
        return False
    return True


async def signing_key(folder: str, credentials: str | None) -> SigningKey:
    """The key that systemd hands over, else the one in `folder`, which is made where there is none.

    Raises ConfigurationInvalid where others could have read or written it, StorageFailed.
    """
    handed = _credential(credentials)
    if handed is not None:
        return handed
    private = PrivateFolder(folder)
    try:
        async with private.locked():
            seed = private.read(_FILE)
            if seed is None:
                seed = Ed25519PrivateKey.generate().private_bytes_raw()
                private.replace(_FILE, seed)
    except VaultUnavailable as error:
        raise ConfigurationInvalid(error.message, error.hint) from None
    return SigningKey(seed, private.file(_FILE))


def _credential(folder: str | None) -> SigningKey | None:
    place = os.path.join(folder, CREDENTIAL) if folder is not None else None
    if place is None or not os.path.exists(place):
        return None
    try:
        with open(place, "rb") as file:
            return SigningKey(file.read(), place)
    except OSError as error:
        raise StorageFailed(f"{place}: {error.strerror}.", "See LoadCredential= in systemd.exec(5).") from error
