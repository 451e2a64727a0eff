"""The vault's bytes: a line that says which key seals them, then the content under AES-GCM.

The line is authenticated with the content: no byte of the file can change without being noticed.
"""

import os
import re
from dataclasses import dataclass
from typing import Literal, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from triforce_daemon.errors import VaultUnavailable

#: Who holds the key: the keyring of the user's session, systemd, or a file beside the vault.
Holder = Literal["keyring", "credential", "file"]

_LINE = re.compile(rb"triforce-vault ([0-9]+) (?:(keyring|credential|file) ([0-9a-f]{16}))?[^\n]*\n")
_FORMAT = 1
_NONCE_BYTES = 12
_KEY_BYTES = 32
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed vault, not yet opened."""

    holder: Holder
    key_id: str
    _line: bytes
    _sealed: bytes

    @classmethod
    def read(cls, content: bytes) -> "Envelope":
        """Raises VaultUnavailable where these are not the bytes of a vault, or those of a newer one."""
        line = _LINE.match(content)
        if line is None:
            raise damaged("it does not begin as a vault does")
        if int(line[1]) != _FORMAT:
            raise VaultUnavailable(
                f"The vault was written by a newer triforce (format {int(line[1])}).", "Update triforce."
            )
        if line[2] is None:
            raise damaged("its first line is not whole")
        return cls(cast(Holder, line[2].decode()), line[3].decode(), line[0], content[line.end() :])

    def open(self, material: bytes) -> bytes:
        """The content. Raises VaultUnavailable for another key than the one that sealed it, and where a bit is off."""
        key, key_id = _derive(material)
        if key_id != self.key_id:
            raise VaultUnavailable(
                "The vault was sealed with another key than the one that is there now.",
                "Bring back the key or the vault that belongs to it; or move the vault away and set your keys anew.",
            )
        try:
            return AESGCM(key).decrypt(self._sealed[:_NONCE_BYTES], self._sealed[_NONCE_BYTES:], self._line)
        except (InvalidTag, ValueError):
            raise damaged("its content does not fit its seal") from None


def seal(content: bytes, holder: Holder, material: bytes) -> bytes:
    """`content` under the key that is derived from `material`, which `holder` keeps."""
    key, key_id = _derive(material)
    line = f"triforce-vault {_FORMAT} {holder} {key_id}\n".encode()
    nonce = os.urandom(_NONCE_BYTES)
    return line + nonce + AESGCM(key).encrypt(nonce, content, line)


def damaged(why: str) -> VaultUnavailable:
    return VaultUnavailable(
        f"The vault is damaged: {why}.", "Bring back a copy; or move the file away and set your keys anew."
    )


def _derive(material: bytes) -> tuple[bytes, str]:
    """The key, and a name for it that tells nothing about it."""
    derived = HKDF(SHA256(), _KEY_BYTES + _ID_BYTES, salt=None, info=b"triforce vault").derive(material)
    return derived[:_KEY_BYTES], derived[_KEY_BYTES:].hex()
