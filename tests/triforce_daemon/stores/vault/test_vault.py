"""Keys at rest: kept, changed, moved, and never lost by being overwritten."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.errors import VaultUnavailable
from triforce_daemon.stores.vault.entries import Entry
from triforce_daemon.stores.vault.envelope import Holder
from triforce_daemon.stores.vault.holders import CREDENTIAL, KEY_FILE
from triforce_daemon.stores.vault.vault import FILE, Store, Vault

WORK, HOME = Entry("groq", "work", "gsk-canary-work"), Entry("groq", "home", "gsk-canary-home")


@dataclass
class Keyring:
    """The session's, as the vault sees it."""

    key: bytes | None = None
    trouble: str | None = None
    #: The next reader waits for it.
    gate: asyncio.Event | None = None
    name: Holder = "keyring"
    place: str = "the keyring"

    async def read(self) -> bytes | None:
        gate, self.gate = self.gate, None
        if gate is not None:
            await gate.wait()
        if self.trouble:
            raise VaultUnavailable(self.trouble, "unlock it")
        return self.key

    async def make(self) -> bytes:
        self.key = await self.read() or b"made by the keyring".ljust(32)
        return self.key


class House:
    """A folder with a vault, opened anew each time as by another daemon."""

    def __init__(self, path: Path) -> None:
        self.keyring = Keyring()
        self.folder = path / "vault"
        self.credentials = path / "credentials"
        self.credentials.mkdir()

    async def vault(self, store: Store = "auto") -> Vault:
        vault = Vault(str(self.folder), store, self.keyring, str(self.credentials))
        await vault.open()
        return vault

    def bytes(self) -> bytes:
        return (self.folder / FILE).read_bytes()


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


@pytest.fixture
def broken_keyring(house: House) -> None:
    house.keyring.trouble = "The keyring hangs."


async def test_nothing_is_made_before_there_is_something_to_keep(house: House) -> None:
    vault = await house.vault()
    assert (vault.state.state, vault.entries) == ("empty", ())
    assert not house.folder.exists()


@pytest.mark.parametrize("store", ["auto", "keyring", "file"])
async def test_keys_are_kept_in_their_order(house: House, store: Store) -> None:
    vault = await house.vault(store)
    await vault.put(WORK)
    await vault.put(HOME)
    again = await house.vault(store)
    assert again.entries == vault.entries == (WORK, HOME)
    assert again.state.holder == ("file" if store == "file" else "keyring")
    await again.remove("groq", "work")
    assert (await house.vault(store)).entries == (HOME,)


async def test_nothing_can_be_read_in_the_folder(house: House) -> None:
    vault = await house.vault("file")
    await vault.put(WORK)
    for file in house.folder.iterdir():
        assert b"canary" not in file.read_bytes() and b"groq" not in file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600


async def test_without_a_keyring_a_file_holds_the_key(house: House, broken_keyring: None) -> None:
    vault = await house.vault()
    await vault.put(WORK)
    assert (vault.state.holder, vault.state.passed_over) == ("file", "The keyring hangs.")
    assert (await house.vault()).entries == (WORK,)


async def test_a_keyring_that_is_asked_for_is_not_replaced(house: House, broken_keyring: None) -> None:
    vault = await house.vault("keyring")
    with pytest.raises(VaultUnavailable, match="hangs"):
        await vault.put(WORK)
    assert not (house.folder / KEY_FILE).exists()
    assert (await house.vault("keyring")).state.state == "empty"


async def test_a_credential_of_systemd_wins(house: House) -> None:
    (house.credentials / CREDENTIAL).write_bytes(b"k" * 32)
    vault = await house.vault()
    await vault.put(WORK)
    assert vault.state.holder == "credential"
    assert house.keyring.key is None
    (house.credentials / CREDENTIAL).unlink()
    closed = await house.vault()
    assert closed.state.state == "closed"
    assert "key is gone" in (closed.state.reason or "")


async def test_a_locked_keyring_closes_the_vault_and_costs_nothing(house: House) -> None:
    await (await house.vault()).put(WORK)
    before = house.bytes()
    house.keyring.trouble = "The keyring is locked."
    vault = await house.vault()
    assert (vault.state.state, vault.entries) == ("closed", ())
    assert vault.state.reason == "The keyring is locked."
    with pytest.raises(VaultUnavailable, match="locked"):
        await vault.put(HOME)
    assert house.bytes() == before
    house.keyring.trouble = None
    assert not await vault.refresh(insist=False)
    assert await vault.refresh(insist=True)
    assert vault.entries == (WORK,)


async def test_a_new_keyring_is_no_reason_to_begin_anew(house: House) -> None:
    await (await house.vault()).put(WORK)
    for key in (None, b"x" * 32):
        house.keyring.key = key
        vault = await house.vault()
        with pytest.raises(VaultUnavailable, match=r"gone|another key"):
            await vault.put(HOME)
        assert house.keyring.key == key


async def test_the_settings_move_the_key(house: House) -> None:
    await (await house.vault("file")).put(WORK)
    assert (house.folder / KEY_FILE).exists()
    assert (await house.vault("auto")).state.holder == "file", "what works stays where it is"
    moved = await house.vault("keyring")
    assert (moved.state.holder, moved.entries) == ("keyring", (WORK,))
    assert not (house.folder / KEY_FILE).exists()
    assert (await house.vault("file")).state.holder == "file"
    assert (await house.vault("file")).entries == (WORK,)


async def test_a_move_that_fails_loses_nothing(house: House, broken_keyring: None) -> None:
    await (await house.vault("file")).put(WORK)
    vault = await house.vault("keyring")
    assert (vault.state.state, vault.state.holder, vault.entries) == ("open", "file", (WORK,))
    assert vault.state.passed_over == "The keyring hangs."


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_damaged_vault_is_never_overwritten(tmp_path_factory: pytest.TempPathFactory, at: int, bit: int) -> None:
    async def story() -> None:
        house = House(tmp_path_factory.mktemp("house"))
        await (await house.vault("file")).put(WORK)
        content = bytearray(house.bytes())
        content[at % len(content)] ^= 1 << bit
        (house.folder / FILE).write_bytes(content)
        vault = await house.vault("file")
        assert (vault.state.state, vault.entries) == ("closed", ())
        assert vault.state.reason and vault.state.fix
        for change in (vault.put(HOME), vault.remove("groq", "work")):
            with pytest.raises(VaultUnavailable):
                await change
        assert house.bytes() == bytes(content)

    asyncio.run(story())


async def test_two_daemons_do_not_undo_each_other(house: House) -> None:
    one, two = await house.vault("file"), await house.vault("file")
    await one.put(WORK)
    await two.put(HOME)
    assert (await house.vault("file")).entries == (WORK, HOME)
    assert await one.refresh(insist=False)
    assert one.entries == (WORK, HOME)
    assert not await one.refresh(insist=False)


async def test_many_changes_at_a_time_all_count(house: House) -> None:
    vault = await house.vault("file")
    new = [Entry("groq", f"k{number}", f"secret-{number}") for number in range(20)]
    await asyncio.gather(*(vault.put(entry) for entry in new))
    assert set((await house.vault("file")).entries) == set(new)


async def test_reading_beside_a_change_does_not_undo_it(house: House) -> None:
    vault = await house.vault("keyring")
    await vault.put(WORK)
    gate = house.keyring.gate = asyncio.Event()
    reading = asyncio.ensure_future(vault.open())
    while house.keyring.gate is not None:
        await asyncio.sleep(0)
    changing = asyncio.ensure_future(vault.put(HOME))
    await asyncio.wait([changing], timeout=0.1)
    gate.set()
    await asyncio.gather(reading, changing)
    assert vault.entries == (WORK, HOME)


async def test_the_outlook_is_what_comes(house: House) -> None:
    vault = await house.vault()
    assert await vault.outlook() == ("keyring", None)
    house.keyring.trouble = "The keyring hangs."
    assert await vault.outlook() == ("file", "The keyring hangs.")
    assert await (await house.vault("file")).outlook() == ("file", None)
    assert await (await house.vault("keyring")).outlook() == ("keyring", None)
    await vault.put(WORK)
    house.keyring.trouble = None
    assert await vault.outlook() == ("file", None), "what works stays where it is"
    (house.credentials / CREDENTIAL).write_bytes(b"k" * 32)
    assert await vault.outlook() == ("credential", None)
