"""Files in workspaces: read, changed so that it can be undone, restored."""

import asyncio
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import FileChanged, FileMissing, PathRefused, PayloadTooLarge, StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.settings import Files as Settings
from triforce_daemon.stores.file_changes import FileChangeRow, FileChangeStore
from triforce_daemon.workspaces.beneath import Beneath
from triforce_daemon.workspaces.blobs import Blobs
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.relative import Parts, shown, text_of
from triforce_daemon.workspaces.room import Entry, Kind, Piece, Room, Root, Version
from triforce_daemon.workspaces.roots import Roots

log = logging.getLogger(__name__)

Result = TypeVar("Result")
Mode = Literal["create", "overwrite", "append"]

_DAY_SECONDS = 86_400
_FIRST_SECONDS = 60
_ROUND_SECONDS = 3_600
#: What is written anew may be kept a moment before its row is there.
_FRESH_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Place:
    """A path, and for whom it was found: `here` is where his command line stands."""

    caller: Caller
    path: str
    here: str | None = None

    def of(self, path: str) -> "Place":
        """Another path for the same caller."""
        return Place(self.caller, path, self.here)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a file. `change` is by what it can be undone; None where nothing was done."""

    path: str
    size: int
    sha256: str | None
    """None: it is not there any more."""
    change: str | None


class Files:
    def __init__(
        self,
        roots: Roots,
        guard: Guard,
        blobs: Blobs,
        store: FileChangeStore,
        clock: Clock,
        settings: Settings,
        host: str,
    ) -> None:
        """`host`: the machine that the files are on."""
        self.host = host
        self._roots = roots
        self._guard = guard
        self._blobs = blobs
        self._store = store
        self._clock = clock
        self._settings = settings
        self._beneath = Beneath()

    def roots(self, caller: Caller, here: str | None = None) -> list[Root]:
        """The workspaces of a caller. Raises PathRefused."""
        return self._roots.of(caller, here)

    def root(self, place: Place) -> Root:
        """The workspace that a path lies in. Raises PathRefused."""
        return self._roots.find(place.caller, place.path, place.here)[0]

    def absolute(self, place: Place) -> str:
        """The path from / on, through the workspace that it lies in. Raises PathRefused."""
        root, parts = self._roots.find(place.caller, place.path, place.here)
        return os.path.join(root.folder, text_of(parts)) if parts else root.folder

    async def read(self, place: Place, start: int, limit: int) -> Piece:
        """Raises PathRefused, FileMissing."""
        return await self.within(place, lambda room, parts: room.read(parts, start, limit))

    async def version(self, place: Place) -> Version | None:
        """The whole file, as far as it is not too large; None where there is none. Raises PathRefused."""
        return await self.within(place, lambda room, parts: room.version(parts, self._settings.max_bytes))

    async def kind(self, place: Place) -> Kind:
        """Raises PathRefused, FileMissing."""
        return await self.within(place, lambda room, parts: room.kind(parts))

    async def entries(self, place: Place, depth: int, most: int, skip: tuple[str, ...] = ()) -> list[Entry]:
        """What is in a folder and below it, `depth` deep, at most `most`. Raises PathRefused, FileMissing."""

        def found(room: Room, parts: Parts) -> list[Entry]:
            return [entry for entry, _ in zip(room.walk(parts, depth, skip), range(most), strict=False)]

        return await self.within(place, found)

    async def write(self, place: Place, data: bytes, mode: Mode, expected: str | None = None) -> Written:
        """Make, replace or lengthen a file. `expected`: the SHA-256 that it has to have before.

        Raises PathRefused, FileChanged, FileMissing, PayloadTooLarge, StorageFailed.
        """
        before = await self.version(place)
        _check_expected(place, before, expected)
        if mode == "create" and before is not None:
            raise FileChanged(f"{shown(place.path)} is there already.", "Overwrite it, or take another name.")
        if mode == "append" and before is not None:
            data = before.data + data
        return await self.change(place, before, data)

    async def delete(self, place: Place, expected: str | None = None) -> Written:
        """Raises PathRefused, FileMissing, FileChanged, StorageFailed."""
        before = await self.version(place)
        if before is None:
            raise FileMissing(f"There is no {shown(place.path)}.", "List the folder to see what there is.")
        _check_expected(place, before, expected)
        return await self.change(place, before, None)

    async def change(self, place: Place, before: Version | None, data: bytes | None, mode: int = 0o644) -> Written:
        """Make of what was there `before` what shall be there, None: nothing; remembered so that it can be undone.

        Raises PathRefused, FileChanged, PayloadTooLarge, StorageFailed.
        """
        root, parts = self._roots.find(place.caller, place.path, place.here)
        if data is not None and len(data) > self._settings.max_bytes:
            raise PayloadTooLarge(f"That are {len(data):,} bytes.", "files.max_bytes is the most.")
        if (before and before.data) == data:
            return Written(text_of(parts), len(data or b""), before and before.sha256, None)
        after = Version(data, mode).sha256 if data is not None else None
        if before is not None:
            await asyncio.to_thread(self._blobs.put, before.data)
        row = FileChangeRow(
            id=session_id(),
            account=place.caller.account,
            folder=root.folder,
            path=text_of(parts),
            before=before and before.sha256,
            after=after,
            mode=before.mode if before else mode,
            created=self._clock.now_ms(),
        )
        # Written down first: what is on the disk can then be undone, whatever happens to the daemon in between. Where
        # the caller hangs up meanwhile it may be there already: what was written down stays.
        await self._store.insert(row)
        try:
            await self.within(place, lambda room, parts: _apply(room, parts, before, data, row["mode"]))
        except Exception:
            await self._store.delete(row["id"])
            raise
        return Written(row["path"], len(data or b""), after, row["id"])

    async def changes(self, place: Place) -> list[FileChangeRow]:
        """What the caller has had changed of a file, the newest first. Raises PathRefused, StorageFailed."""
        root, parts = self._roots.find(place.caller, place.path, place.here)
        return await self._store.of_file(place.caller.account, root.folder, text_of(parts))

    async def backup(self, place: Place) -> Written:
        """Keep a file as it is now. Raises PathRefused, FileMissing, StorageFailed."""
        version = await self.version(place)
        if version is None:
            raise FileMissing(f"There is no {shown(place.path)}.", "List the folder to see what there is.")
        root, parts = self._roots.find(place.caller, place.path, place.here)
        await asyncio.to_thread(self._blobs.put, version.data)
        digest, moment = version.sha256, self._clock.now_ms()
        row = FileChangeRow(
            id=session_id(),
            account=place.caller.account,
            folder=root.folder,
            path=text_of(parts),
            before=digest,
            after=digest,
            mode=version.mode,
            created=moment,
        )
        await self._store.insert(row)
        return Written(row["path"], len(version.data), digest, row["id"])

    async def kept(self, caller: Caller, change: str) -> tuple[FileChangeRow, bytes | None]:
        """A change, and what the file held before it; None: it was not there. Raises FileMissing, StorageFailed."""
        row = await self._store.get(caller.account, change)
        if row is None:
            raise FileMissing(f"Nothing is kept under {change}.", "It may have been kept for long enough.")
        data = await asyncio.to_thread(self._blobs.get, row["before"]) if row["before"] is not None else None
        return row, data

    async def restore(self, caller: Caller, change: str, here: str | None = None, *, force: bool = False) -> Written:
        """Make a file again what it was before a change. Unless `force`, not where it was changed since.

        Raises FileMissing, FileChanged, PathRefused, StorageFailed.
        """
        row, data = await self.kept(caller, change)
        if not any(root.folder == row["folder"] for root in self._roots.of(caller, here)):
            raise PathRefused(f"{row['folder']} is none of your workspaces.", "Call it from there.")
        place = Place(caller, f"{row['folder']}/{row['path']}", here)
        now = await self.version(place)
        if not force and (now and now.sha256) not in (row["before"], row["after"]):
            raise FileChanged(f"{shown(row['path'])} was changed since.", "Look at what it holds now.")
        return await self.change(place, now, data, row["mode"])

    async def forget_old(self) -> None:
        """For ever: delete what can be restored for long enough now."""
        # A daemon that starts has other things to do.
        await self._clock.sleep(_FIRST_SECONDS)
        while True:
            now = self._clock.now_ms() / 1_000
            try:
                await self._store.forget(int((now - self._settings.keep_days * _DAY_SECONDS) * 1_000))
                needed = await self._store.contents()
                await asyncio.to_thread(self._blobs.forget, needed, now - _FRESH_SECONDS)
            except (StorageFailed, OSError) as error:
                log.warning("old versions of files were not deleted", extra={"reason": str(error)})
            await self._clock.sleep(_ROUND_SECONDS)

    async def within(self, place: Place, work: Callable[[Room, Parts], Result]) -> Result:
        """What `work` finds in the workspace of the path. Raises PathRefused, StorageFailed, and what it raises."""
        root, parts = self._roots.find(place.caller, place.path, place.here)

        def entered() -> Result:
            with Room.enter(root, self._beneath, self._guard) as room:
                return work(room, parts)

        try:
            return await asyncio.to_thread(entered)
        except OSError as error:
            raise StorageFailed(f"{shown(place.path)}: {error.strerror}.", "Nothing was changed.") from error


def _apply(room: Room, parts: Parts, before: Version | None, data: bytes | None, mode: int) -> None:
    if data is not None:
        room.replace(parts, data, before, mode)
    elif before is not None:
        room.remove(parts, before)


def _check_expected(place: Place, before: Version | None, expected: str | None) -> None:
    if expected is not None and (before is None or before.sha256 != expected):
        raise FileChanged(f"{shown(place.path)} is not what you take it for.", "Read it again.")
