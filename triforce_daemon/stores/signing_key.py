"""The key that signs log-ins: given in a file or by systemd, else made of chance; readable by this user alone."""

import os
import secrets
import stat

from triforce_daemon.errors import ConfigurationInvalid, VaultUnavailable
from triforce_daemon.stores.vault.private_files import PrivateFolder

#: systemd.exec(5): LoadCredential=, LoadCredentialEncrypted=
CREDENTIAL = "triforce-signing-key"
KEY_FILE = "key"
_BYTES = 48
#: RFC 7518 §3.2: as long as the hash, at least.
_SHORTEST, _LONGEST = 32, 4_096


async def signing_key(folder: str, file: str = "", credentials: str | None = None) -> bytes:
    """What `file` holds; else systemd's credential below `credentials`; else the key in `folder`, which is made there.

    Raises ConfigurationInvalid for what is no key, or where others could have read or written it; StorageFailed.
    """
    credential = os.path.join(credentials, CREDENTIAL) if credentials is not None else ""
    given = file or (credential if os.path.exists(credential) else "")
    return _given(given) if given else await _own(folder)


def _given(path: str) -> bytes:
    try:
        with open(path, "rb") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            key = opened.read(_LONGEST + 1)
    except OSError as error:
        raise ConfigurationInvalid(
            f"The key that signs log-ins, {path}: {error.strerror}.", "Check users.signing_key."
        ) from None
    if mode & 0o007:
        raise ConfigurationInvalid(f"Everybody can read {path}, which signs log-ins.", f"`chmod 600 {path}`")
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ConfigurationInvalid(
            f"{path} holds {len(key)} bytes: no key for log-ins.", f"`openssl rand -out {path} 48` makes one."
        )
    return key


async def _own(folder: str) -> bytes:
    private = PrivateFolder(folder)
    try:
        async with private.locked():
            key = private.read(KEY_FILE)
            if key is None:
                key = secrets.token_bytes(_BYTES)
                private.replace(KEY_FILE, key)
    except VaultUnavailable as error:
        raise ConfigurationInvalid(
            error.message, "Remove it: a new one is made, and everybody logs in again."
        ) from None
    return key
