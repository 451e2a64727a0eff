"""The keys of providers at rest: one sealed file, whose own key is kept by the keyring, by systemd or in a file.

Nothing is overwritten that could not be read before.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from triforce_daemon.errors import StorageFailed, VaultUnavailable
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.stores.vault import entries as documents
from triforce_daemon.stores.vault.entries import Entries, Entry
from triforce_daemon.stores.vault.envelope import Envelope, Holder, seal
from triforce_daemon.stores.vault.holders import CredentialHolder, FileHolder, KeyHolder
from triforce_daemon.stores.vault.private_files import PrivateFolder

FILE = "keys.sealed"

Store = Literal["auto", "keyring", "file"]


@dataclass(frozen=True, slots=True)
class VaultState:
    """`empty`: nothing was ever kept. `closed`: something is there and cannot be read, for `reason`."""

    state: Literal["empty", "open", "closed"]
    path: str
    #: Who keeps the vault's key; None where that is open or cannot be told.
    holder: Holder | None = None
    reason: str | None = None
    fix: str | None = None
    #: Why the key is not kept by whom it might be: the keyring's words.
    passed_over: str | None = None


class Vault:
    """Call `open` first; `entries` and `state` are what was last read."""

    def __init__(self, folder: str, store: Store, keyring: KeyHolder, credentials: str | None) -> None:
        """`credentials`: the folder of systemd's credentials, where there is one."""
        self._folder = PrivateFolder(folder)
        self._store = store
        self._file_holder = FileHolder(self._folder)
        held: tuple[KeyHolder, ...] = (keyring, CredentialHolder(credentials), self._file_holder)
        self._holders: Mapping[Holder, KeyHolder] = {holder.name: holder for holder in held}
        self.entries: Entries = ()
        self.state = VaultState("empty", self._folder.file(FILE))
        self._version: tuple[int, int, int] | None = None
        # Who reads beside a change would otherwise put back what was there before it.
        self._turn = asyncio.Lock()

    async def open(self) -> None:
        """Read what is there; what is wrong is told by `state`, and never raised."""
        async with self._turn:
            await self._open()

    async def refresh(self, *, insist: bool) -> bool:
        """As `open`, where another process has written since; `insist`: also where it is closed. Tells whether it did.

        To try a closed one again may take as long as the keyring is given.
        """
        stale = self._folder.version(FILE) != self._version or (insist and self.state.state == "closed")
        if stale:
            await self.open()
        return stale

    async def outlook(self) -> tuple[Holder, str | None]:
        """Who will keep the key after the next change, and why the keyring won't. Asks it, where it may be wanted."""
        holder = await self._wanted(self.state.holder)
        if self._store != "auto" or holder not in (None, "file"):
            return holder or "file", None
        try:
            await self._holders["keyring"].read()
        except VaultUnavailable as error:
            return "file", error.message
        return holder or "keyring", None

    async def put(self, entry: Entry) -> None:
        """Keep `entry`; when this returns, it is on disk. Raises VaultUnavailable and StorageFailed."""
        await self._change(lambda entries: documents.with_entry(entries, entry))

    async def remove(self, provider: str, name: str) -> None:
        """Forget that key, if it is there. Raises VaultUnavailable and StorageFailed."""
        await self._change(lambda entries: documents.without_entry(entries, provider, name))

    async def _open(self) -> None:
        try:
            holder = await self._read()
        except (VaultUnavailable, StorageFailed) as error:
            self.entries, self._version = (), self._folder.version(FILE)
            self.state = VaultState("closed", self.state.path, None, error.message, error.hint)
            return
        if holder is not None:
            await self._move(holder)

    async def _change(self, change: Callable[[Entries], Entries]) -> None:
        async with self._turn, self._folder.locked():
            before = await self._read()
            await self._write(change(self.entries), before)

    async def _move(self, before: Holder) -> None:
        """Seal it anew where the settings, or systemd, want its key elsewhere than it is."""
        try:
            if await self._wanted(before) != before:
                async with self._folder.locked():
                    now = await self._read()
                    await self._write(self.entries, now)
        except (VaultUnavailable, StorageFailed) as error:
            # It was read all the same, and stays where it is.
            self.state = replace(self.state, passed_over=error.message)

    async def _read(self) -> Holder | None:
        """Who keeps the key of what is there now; None where nothing is."""
        version = self._folder.version(FILE)
        content = await in_thread(self._folder.read, FILE)
        if content is None:
            self.entries, self._version = (), None
            self.state = VaultState("empty", self.state.path)
            return None
        envelope = Envelope.read(content)
        holder = self._holders[envelope.holder]
        material = await holder.read()
        if material is None:
            raise VaultUnavailable(
                f"The vault's key is gone: it was kept in {holder.place}.",
                "Bring it back; or move the vault away and set your keys anew.",
            )
        self.entries = documents.from_bytes(envelope.open(material))
        self._version = version
        self.state = VaultState("open", self.state.path, holder.name)
        return holder.name

    async def _write(self, entries: Entries, before: Holder | None) -> None:
        """Only for who holds the lock."""
        holder, material, passed_over = await self._key(await self._wanted(before))
        await in_thread(self._folder.replace, FILE, seal(documents.to_bytes(entries), holder, material))
        if before == "file" and holder != "file":
            # It opens nothing any more but old copies of the vault.
            await self._file_holder.forget()
        self.entries, self._version = entries, self._folder.version(FILE)
        self.state = VaultState("open", self.state.path, holder, passed_over=passed_over)

    async def _wanted(self, before: Holder | None) -> Holder | None:
        """Who is to keep the key; None: the keyring where that can be, else a file."""
        if self._store == "keyring":
            return "keyring"
        if await self._holders["credential"].read() is not None:
            return "credential"
        if self._store == "file":
            return "file"
        return before

    async def _key(self, wanted: Holder | None) -> tuple[Holder, bytes, str | None]:
        if wanted is not None:
            return wanted, await self._holders[wanted].make(), None
        try:
            return "keyring", await self._holders["keyring"].make(), None
        except VaultUnavailable as error:
            return "file", await self._file_holder.make(), error.message
