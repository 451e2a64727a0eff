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


async def test_one_may_be_given_in_a_file_or_by_systemd(folder: str) -> None:
    given = Path(folder, "given")
    given.write_bytes(b"f" * 48)
    given.chmod(0o640)
    credential = Path(folder, "triforce-signing-key")
    credential.write_bytes(b"c" * 32)
    credential.chmod(0o400)
    assert await signing_key(f"{folder}/logins", str(given), folder) == b"f" * 48
    assert await signing_key(f"{folder}/logins", "", folder) == b"c" * 32
    assert not os.path.exists(f"{folder}/logins")
    assert len(await signing_key(f"{folder}/logins", "", f"{folder}/empty")) == 48


@pytest.mark.parametrize(
    ("content", "mode"), [(b"x" * 48, 0o644), (b"x" * 31, 0o600), (b"x" * 5_000, 0o600), (None, 0)]
)
async def test_a_file_that_holds_no_key_is_refused(folder: str, content: bytes | None, mode: int) -> None:
    given = Path(folder, "given")
    if content is not None:
        given.write_bytes(content)
        given.chmod(mode)
    with pytest.raises(ConfigurationInvalid, match=str(given)) as raised:
        await signing_key(f"{folder}/logins", str(given))
    assert raised.value.hint
