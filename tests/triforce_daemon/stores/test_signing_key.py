"""The key that signs log-ins: of chance, kept, and never one that others may know."""

import os
import stat
from pathlib import Path

import pytest

from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.stores.signing_key import signing_key


async def test_it_is_made_once_and_nobody_else_may_read_it(folder: str) -> None:
    place = f"{folder}/logins"
    key = await signing_key(place)
    assert len(key) == 48 and len(set(key)) > 10
    assert await signing_key(place) == key
    assert await signing_key(f"{folder}/other") != key
    assert stat.S_IMODE(os.stat(f"{place}/key").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(place).st_mode) == 0o700


async def test_one_that_others_could_read_is_refused(folder: str) -> None:
    await signing_key(f"{folder}/logins")
    os.chmod(f"{folder}/logins/key", 0o640)
    with pytest.raises(ConfigurationInvalid, match="open to other users") as raised:
        await signing_key(f"{folder}/logins")
    assert "new one" in str(raised.value.hint)


async def test_a_link_in_its_place_is_refused(folder: str) -> None:
    await signing_key(f"{folder}/logins")
    Path(f"{folder}/mine").write_bytes(b"x" * 48)
    os.unlink(f"{folder}/logins/key")
    os.symlink(f"{folder}/mine", f"{folder}/logins/key")
    with pytest.raises(ConfigurationInvalid):
        await signing_key(f"{folder}/logins")
