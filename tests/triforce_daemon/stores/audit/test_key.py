"""The key of the audit: kept where nobody else reads it, and good for one chain alone."""

import os
import stat
from pathlib import Path

import pytest

from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.stores.audit.key import CREDENTIAL, SigningKey, chain_of, is_signed, signing_key


async def test_it_is_made_once_and_nobody_else_may_read_it(folder: str) -> None:
    key = await signing_key(f"{folder}/audit", None)
    again = await signing_key(f"{folder}/audit", folder)
    assert (again.public, again.chain) == (key.public, key.chain)
    assert (await signing_key(f"{folder}/other", None)).chain != key.chain
    assert stat.S_IMODE(os.stat(f"{folder}/audit/key").st_mode) == 0o600


async def test_systemds_credential_goes_before_the_file(folder: str) -> None:
    Path(folder, CREDENTIAL).write_bytes(b"\x01" * 32)
    handed = await signing_key(f"{folder}/audit", folder)
    assert handed.public == SigningKey(b"\x01" * 32, "x").public
    assert not os.path.exists(f"{folder}/audit")
    Path(folder, CREDENTIAL).write_bytes(b"short")
    with pytest.raises(ConfigurationInvalid, match="5 bytes"):
        await signing_key(f"{folder}/audit", folder)


async def test_one_that_others_could_read_is_refused(folder: str) -> None:
    await signing_key(f"{folder}/audit", None)
    os.chmod(f"{folder}/audit/key", 0o644)
    with pytest.raises(ConfigurationInvalid, match="open to other users"):
        await signing_key(f"{folder}/audit", None)


def test_only_what_its_holder_signed_is_signed() -> None:
    key, other = SigningKey(b"\x01" * 32, "a"), SigningKey(b"\x02" * 32, "b")
    signature = key.sign(b"said")
    assert is_signed(b"said", signature, key.public)
    assert not is_signed(b"said otherwise", signature, key.public)
    assert not is_signed(b"said", signature, other.public)
    assert not is_signed(b"said", other.sign(b"said"), key.public)
    for nonsense in ("", "no hexadecimal", "00"):
        assert not is_signed(b"said", nonsense, key.public)
        assert not is_signed(b"said", signature, nonsense)
    assert chain_of(key.public) == key.chain != other.chain
