"""A workspace's folder, held open: what is in it is read, replaced and removed, and nothing else is touched."""

import os
import secrets
import stat
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from unicodedata import normalize

from triforce_daemon.errors import FileChanged, FileMissing, PathRefused, PayloadTooLarge
from triforce_daemon.workspaces.beneath import Beneath
from triforce_daemon.workspaces.guard import Guard, check_file
from triforce_daemon.workspaces.relative import Parts, shown, text_of

Kind = Literal["file", "folder", "link", "other"]

_PIECE = 1 << 20
#: A larger file is read without its hash, for which all of it would have to be read.
_HASHED = 1 << 30
_FOLDER = os.O_PATH | os.O_DIRECTORY
#: What git runs stands there: to write it is to run code at the next `git status`.
_OF_GIT = ".git"


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that somebody may use, by its real path."""

    name: str
    folder: str
    write: bool
    hard_links: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """What a file holds at one moment."""

    data: bytes
    mode: int
    """Its permissions."""

    @property
    def sha256(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file, with what is true of the whole."""

    data: bytes
    size: int
    sha256: str | None
    """None of a file that is too large."""


@dataclass(frozen=True, slots=True)
class Entry:
    parts: Parts
    kind: Kind
    size: int
    mtime_ms: int
    names: int = 1
    """Hard links: how many there are of it, wherever they stand."""


class Room:
    """Made by `enter`; good as long as that lasts."""

    def __init__(self, root: Root, descriptor: int, beneath: Beneath, guard: Guard) -> None:
        self._root = root
        self._descriptor = descriptor
        self._beneath = beneath
        self._guard = guard

    @classmethod
    @contextmanager
    def enter(cls, root: Root, beneath: Beneath, guard: Guard) -> "Generator[Room]":
        """Raises PathRefused where the folder is not there, or is the daemon's own."""
        try:
            descriptor = os.open(root.folder, _FOLDER | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise PathRefused(f"The workspace {root.name} cannot be opened: {error.strerror}.") from error
        try:
            guard.check(descriptor, ())
            yield cls(root, descriptor, beneath, guard)
        finally:
            os.close(descriptor)

    # Reading

    def read(self, parts: Parts, start: int, limit: int) -> Piece:
        """At most `limit` bytes from `start` on. Raises PathRefused, FileMissing."""
        with self._file(parts) as descriptor, open(descriptor, "rb", closefd=False) as file:
            size = os.fstat(descriptor).st_size
            digest = None
            if size <= _HASHED:
                digest = sha256()
                while piece := file.read(_PIECE):
                    digest.update(piece)
            file.seek(start)
            return Piece(file.read(limit), size, digest and digest.hexdigest())

    def version(self, parts: Parts, most: int) -> Version | None:
        """The whole file; None where there is none. Raises PathRefused, and PayloadTooLarge beyond `most` bytes."""
        try:
            with self._file(parts) as descriptor, open(descriptor, "rb", closefd=False) as file:
                found = os.fstat(descriptor)
                data = file.read(most + 1)
        except FileMissing:
            return None
        if len(data) > most:
            raise PayloadTooLarge(f"{shown(text_of(parts))} is larger than {most} bytes.", "See files.max_bytes.")
        return Version(data, stat.S_IMODE(found.st_mode))

    def entry(self, parts: Parts) -> Entry:
        """What is there; of a link the link itself. Raises PathRefused, FileMissing."""
        found = next((one for one in self.entries(parts[:-1]) if one.parts == parts), None)
        if found is None:
            raise FileMissing(f"There is no {shown(text_of(parts))}.", "List the folder to see what there is.")
        return found

    def holds_the_daemons_own(self, parts: Parts) -> bool:
        """Whether something that no workspace opens lies in the folder."""
        with self._place(parts, _FOLDER) as descriptor:
            return self._guard.lies_in(os.readlink(f"/proc/self/fd/{descriptor}"))

    def kind(self, parts: Parts) -> Kind:
        """Raises PathRefused, FileMissing."""
        with self._place(parts, os.O_PATH) as descriptor:
            return _kind(os.fstat(descriptor).st_mode)

    def entries(self, parts: Parts) -> list[Entry]:
        """What is in a folder, by name; the daemon's own is left out. Raises PathRefused, FileMissing."""
        with self._place(parts, _FOLDER) as descriptor:
            return self._entries(descriptor, parts)

    def walk(self, parts: Parts, depth: int, skip: Sequence[str] = ()) -> Iterator[Entry]:
        """The same with the folders below, `depth` deep: each folder before what is in it. Links are not followed.

        Folders with a name in `skip` are listed, but not entered.
        """
        for entry in self.entries(parts):
            yield entry
            if depth > 1 and entry.kind == "folder" and entry.parts[-1] not in skip:
                # It may have gone, or become something else, since it was listed.
                with suppress(FileMissing, PathRefused):
                    yield from self.walk(entry.parts, depth - 1, skip)

    # Changing

    def replace(self, parts: Parts, data: bytes, before: Version | None, mode: int = 0o644) -> None:
        """Give a file another content in one step; where `before` is None make it, and the folders above it.

        Raises FileChanged where it is not as it was `before`, PathRefused, OSError.
        """
        with self._parent(parts, make=before is None) as parent:
            self._expect(parent, parts, before)
            draft = f".triforce-{secrets.token_hex(8)}.part"
            try:
                _write(parent, draft, data, before.mode if before else mode)
                if before is None:
                    # Unlike a renamed one, a link never takes the place of what has come meanwhile.
                    with _unless_there(parts):
                        os.link(draft, parts[-1], src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
                else:
                    os.rename(draft, parts[-1], src_dir_fd=parent, dst_dir_fd=parent)
            finally:
                with suppress(FileNotFoundError):
                    os.unlink(draft, dir_fd=parent)
            _sync(parent)

    def remove(self, parts: Parts, before: Version) -> None:
        """Delete a file. Raises FileChanged where it is not as it was `before`, PathRefused, OSError."""
        with self._parent(parts, make=False) as parent:
            self._expect(parent, parts, before)
            os.unlink(parts[-1], dir_fd=parent)
            _sync(parent)

    # Below

    @contextmanager
    def _place(self, parts: Parts, flags: int) -> Generator[int]:
        descriptor = self._beneath.open(self._descriptor, parts, flags)
        try:
            self._guard.check(descriptor, parts)
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _file(self, parts: Parts) -> Generator[int]:
        """An ordinary file, to read. What it is, is known before it is opened: to open a device may do something."""
        with self._place(parts, os.O_PATH) as place:
            check_file(os.fstat(place), parts, self._root.hard_links)
            try:
                descriptor = os.open(f"/proc/self/fd/{place}", os.O_RDONLY | os.O_CLOEXEC | os.O_NOCTTY)
            except PermissionError as error:
                raise PathRefused(f"{shown(text_of(parts))} may not be read by the daemon's user.") from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def _parent(self, parts: Parts, *, make: bool) -> Generator[int]:
        """The folder in which something is to be changed. Raises PathRefused where nothing may be."""
        if not self._root.write:
            raise PathRefused(f"The workspace {self._root.name} is to be read only.", "See workspaces.NAME.write.")
        if not parts:
            raise PathRefused("The workspace itself cannot be replaced.", "Name a file in it.")
        if any(name.casefold() == _OF_GIT for name in parts):
            raise PathRefused(f"{shown(text_of(parts))} is git's own.", "Change it with git.")
        for depth in range(1, len(parts)) if make else ():
            self._make(parts[:depth])
        with self._place(parts[:-1], _FOLDER) as place:
            descriptor = os.open(f"/proc/self/fd/{place}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            real = os.readlink(f"/proc/self/fd/{descriptor}")
            if self._guard.hides(os.path.join(real, parts[-1])):
                raise PathRefused(f"{shown(text_of(parts))} is the daemon's own.", "No workspace opens it.")
            yield descriptor
        except FileNotFoundError:
            raise FileChanged(f"The folder of {shown(text_of(parts))} was taken away.", "Try again.") from None
        finally:
            os.close(descriptor)

    def _make(self, parts: Parts) -> None:
        with self._place(parts[:-1], _FOLDER) as above, suppress(FileExistsError):
            os.mkdir(parts[-1], dir_fd=above)

    def _expect(self, parent: int, parts: Parts, before: Version | None) -> None:
        if before is not None:
            # One byte more than there was shows that it grew.
            if (now := self._read_to(parts, len(before.data) + 1)) != before.data:
                how = "is not there any more" if now is None else "was changed meanwhile"
                raise FileChanged(f"{shown(text_of(parts))} {how}.", "Read it again.")
            return
        name = normalize("NFC", parts[-1])
        near = next((other for other in os.listdir(parent) if normalize("NFC", other) == name), None)
        if near is not None:
            how = "" if near == parts[-1] else ", written in another way"
            raise FileChanged(f"{shown(text_of(parts))} is there already{how}.", "Overwrite it, or take another name.")

    def _read_to(self, parts: Parts, limit: int) -> bytes | None:
        try:
            return self.read(parts, 0, limit).data
        except FileMissing:
            return None

    def _entries(self, descriptor: int, parts: Parts) -> list[Entry]:
        opened = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            real = os.readlink(f"/proc/self/fd/{opened}")
            found: list[Entry] = []
            with os.scandir(opened) as items:
                for item in items:
                    if self._guard.hides(os.path.join(real, item.name)):
                        continue
                    with suppress(FileNotFoundError):
                        told = item.stat(follow_symlinks=False)
                        times = told.st_mtime_ns // 1_000_000
                        found.append(
                            Entry((*parts, item.name), _kind(told.st_mode), told.st_size, times, told.st_nlink)
                        )
        finally:
            os.close(opened)
        return sorted(found, key=lambda entry: entry.parts)


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else "other"


def _write(parent: int, name: str, data: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with open(os.open(name, flags, 0o600, dir_fd=parent), "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _sync(folder: int) -> None:
    # Some file systems cannot; what was written is then as safe as it gets there.
    with suppress(OSError):
        os.fsync(folder)


@contextmanager
def _unless_there(parts: Parts) -> Generator[None]:
    try:
        yield
    except FileExistsError as error:
        raise FileChanged(f"{shown(text_of(parts))} is there already.", "Overwrite it, or take another.") from error
