"""The folder of backups: each is one compressed file, and a small one beside it that says what it should be."""

import gzip
import hashlib
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, TypedDict, cast

import orjson

from triforce_daemon.errors import NotFound, StorageFailed
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.wire.backups import BackupKind

SUFFIX = ".tar.gz"
_NOTE = ".json"
_STAGING = ".making-"
#: What a daemon that was killed has left behind is deleted after so long.
_STALE_SECONDS = 86_400
_BLOCK = 1 << 20
#: A note is small; what is larger is none.
_LONGEST_NOTE = 1 << 16


class Note(TypedDict):
    """What stands beside a backup."""

    name: str
    kinds: list[BackupKind]
    created: str
    bytes: int
    sha256: str
    version: str
    """Of the daemon that has made it."""


@dataclass(frozen=True, slots=True)
class Digest:
    bytes: int
    sha256: str


class Archives:
    """Its methods raise StorageFailed where the disk says no."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name + SUFFIX)

    @contextmanager
    def staging(self) -> Generator[str]:
        """A folder for what goes into a backup, which is gone at the end."""
        with explained(self.folder):
            make_private(self.folder)
            self._forget_stale()
            made = tempfile.mkdtemp(prefix=_STAGING, dir=self.folder)
        try:
            yield made
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def pack(self, staged: str, note: Note) -> Note:
        """Make the file of what was staged, and its note; both are whole, or not there."""
        with explained(self.folder):
            draft = os.path.join(staged, SUFFIX)
            with private(draft) as raw:
                counted = _Counted(raw)
                _write(staged, counted)
                raw.flush()
                os.fsync(raw.fileno())
            note = {**note, "bytes": counted.bytes, "sha256": counted.digest.hexdigest()}
            beside = os.path.join(staged, _NOTE)
            with private(beside) as file:
                file.write(orjson.dumps(note, option=orjson.OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            os.rename(draft, self.path(note["name"]))
            os.rename(beside, os.path.join(self.folder, note["name"] + _NOTE))
            _sync(self.folder)
        return note

    def notes(self) -> list[Note]:
        """Of every backup, the newest first; what is no note of ours is passed over."""
        with explained(self.folder):
            names = os.listdir(self.folder) if os.path.isdir(self.folder) else []
        found = (self._read(name.removesuffix(_NOTE)) for name in names if name.endswith(_NOTE) and name[0] != ".")
        return sorted((note for note in found if note is not None), key=lambda note: note["created"], reverse=True)

    def note(self, name: str) -> Note:
        """Raises NotFound."""
        found = self._read(name) if os.path.basename(name) == name else None
        if found is None:
            raise NotFound(f"There is no backup {name} in {self.folder}.", "`triforce backup list` shows them.")
        return found

    def digest(self, name: str) -> Digest | None:
        """Of the file as it is now; None where there is none."""
        digest, size = hashlib.sha256(), 0
        with explained(self.folder):
            try:
                with open(self.path(name), "rb") as file:
                    while block := file.read(_BLOCK):
                        digest.update(block)
                        size += len(block)
            except FileNotFoundError:
                return None
        return Digest(size, digest.hexdigest())

    def _read(self, name: str) -> Note | None:
        try:
            with open(os.path.join(self.folder, name + _NOTE), "rb") as file:
                note: Any = orjson.loads(file.read(_LONGEST_NOTE))
        except (OSError, orjson.JSONDecodeError, ValueError):
            return None
        whole = isinstance(note, dict) and Note.__annotations__.keys() <= cast("dict[str, Any]", note).keys()
        return cast(Note, note) if whole and note["name"] == name else None

    def _forget_stale(self) -> None:
        for entry in os.scandir(self.folder):
            if entry.name.startswith(_STAGING) and time.time() - entry.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(entry.path, ignore_errors=True)


def private(path: str) -> BinaryIO:
    """A new file that nobody else can read. Raises OSError."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def pieces(staged: str) -> list[str]:
    """The files in a folder and below, by their paths from there, in order."""
    found = (os.path.join(folder, name) for folder, _, names in os.walk(staged) for name in names)
    return sorted(os.path.relpath(path, staged) for path in found if not os.path.basename(path).startswith("."))


@contextmanager
def explained(folder: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailed(
            f"{error.filename or folder}: {error.strerror}.", "Check its owner and mode, and the room on the disk."
        ) from error


class _Counted:
    """Writes to a file, and knows what has been written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.bytes += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


def _write(staged: str, counted: _Counted) -> None:
    # A fast level: what it saves more costs minutes with a large database.
    packed = gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=cast(Any, counted), mtime=0)
    with packed, tarfile.open(mode="w|", fileobj=packed) as archive:
        for name in pieces(staged):
            with open(os.path.join(staged, name), "rb") as file:
                member = archive.gettarinfo(arcname=name, fileobj=file)
                member.uid = member.gid = 0
                member.uname = member.gname = ""
                member.mode = 0o600
                archive.addfile(member, file)


def _sync(folder: str) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def manifest(staged: str, names: Iterable[str]) -> dict[str, dict[str, object]]:
    """The size and SHA-256 of each file. Raises OSError."""
    found: dict[str, dict[str, object]] = {}
    for name in names:
        with open(os.path.join(staged, name), "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[name] = {"bytes": file.tell(), "sha256": digest}
    return found
