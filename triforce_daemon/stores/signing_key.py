"""The key that signs log-ins: made of chance when it is first needed, and readable by this user alone."""

import secrets

from triforce_daemon.errors import ConfigurationInvalid, VaultUnavailable
from triforce_daemon.stores.vault.private_files import PrivateFolder

KEY_FILE = "key"
_BYTES = 48


async def signing_key(folder: str) -> bytes:
    """The key in `folder`. Raises ConfigurationInvalid where others could have read or written it, StorageFailed."""
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
