"""Files that nobody else can read, replaced in one step; what others could read or have made is refused."""

import asyncio
import errno
import fcntl
import os
import stat
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress

from triforce_daemon.errors import StorageFailed, VaultUnavailable
from triforce_daemon.runtime.folders import make_private

#: What is larger is none of ours, and is not read into memory to find that out.
LARGEST = 1 << 20
_LOCK = "lock"
#: Whoever holds the lock may have to wait for the keyring.
_LOCK_SECONDS = 10
_LOCK_EVERY_SECONDS = 0.02


class PrivateFolder:
    """A folder of mode 0700 with files of mode 0600, all of them this user's own.

    Its methods raise VaultUnavailable where one of them is somebody else's, open to others or a link, and
    StorageFailed where the disk says no.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def file(self, name: str) -> str:
        return os.path.join(self.path, name)

    def read(self, name: str) -> bytes | None:
        """The content; None where there is no such file."""
        with _explained(self.file(name)):
            try:
                with self._entered() as folder, open(self._open(folder, name, os.O_RDONLY), "rb") as file:
                    content = file.read(LARGEST + 1)
            except FileNotFoundError:
                return None
        if len(content) > LARGEST:
            raise VaultUnavailable(f"{self.file(name)} is too large to be what it should be.", "Move it away.")
        return content

    def replace(self, name: str, content: bytes) -> None:
        """Write all of it or nothing; when this returns, it survives a power cut. Only for who holds the lock."""
        if len(content) > LARGEST:
            raise StorageFailed(f"{self.file(name)} would grow larger than {LARGEST >> 10} KiB.", "Remove something.")
        draft = f"{name}.draft"
        with _explained(self.file(name)), self._entered(make=True) as folder:
            with open(self._open(folder, draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
            # A rename is on the disk when its folder is.
            os.fsync(folder)

    def remove(self, name: str) -> None:
        with _explained(self.file(name)), suppress(FileNotFoundError):
            os.unlink(self.file(name))

    def version(self, name: str) -> tuple[int, int, int] | None:
        """Differs as soon as the file was replaced; None where there is none."""
        try:
            found = os.stat(self.file(name), follow_symlinks=False)
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    @asynccontextmanager
    async def locked(self) -> AsyncGenerator[None]:
        """Nobody else writes here until the end, whichever process he is."""
        with _explained(self.file(_LOCK)), self._entered(make=True) as folder:
            lock = self._open(folder, _LOCK, os.O_RDWR | os.O_CREAT)
        try:
            await self._take(lock)
            yield
        finally:
            os.close(lock)

    async def _take(self, lock: int) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _LOCK_SECONDS
        while not _taken(lock):
            if loop.time() > deadline:
                raise StorageFailed(f"Another process is writing to {self.path}.", "Try again.")
            await asyncio.sleep(_LOCK_EVERY_SECONDS)

    @contextmanager
    def _entered(self, *, make: bool = False) -> Generator[int]:
        """The folder, held open: what happens to its path in the meantime changes nothing."""
        if make:
            make_private(self.path)
        folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _check(folder, self.path, stat.S_ISDIR, "700")
            yield folder
        finally:
            os.close(folder)

    def _open(self, folder: int, name: str, flags: int) -> int:
        # Without waiting: a pipe in the file's place would never open.
        opened = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600, dir_fd=folder)
        try:
            _check(opened, self.file(name), stat.S_ISREG, "600")
        except VaultUnavailable:
            os.close(opened)
            raise
        return opened


def _taken(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _check(opened: int, path: str, kind: Callable[[int], bool], mode: str) -> None:
    found = os.fstat(opened)
    if not kind(found.st_mode):
        raise _suspicious(path, "is not what it should be", "Move it away.")
    if found.st_uid != os.geteuid():
        raise _suspicious(path, f"belongs to another user ({found.st_uid})", "Move it away.")
    if found.st_mode & 0o077:
        raise _suspicious(
            path,
            f"is open to other users (mode {stat.S_IMODE(found.st_mode):o})",
            f"Who could read it may know your keys: renew them. Then: chmod {mode} {path}",
        )


@contextmanager
def _explained(path: str) -> Generator[None]:
    """Turn what the system says into errors that a person can read."""
    try:
        yield
    except OSError as error:
        # So Linux says that there is a link where none is followed, or no folder where one is wanted.
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise _suspicious(path, "leads through a link, or through what is no folder", "Move it away.") from None
        raise StorageFailed(
            f"{path}: {error.strerror}.", "Check its owner and mode, and the room on the disk."
        ) from error


def _suspicious(path: str, why: str, fix: str) -> VaultUnavailable:
    return VaultUnavailable(f"{path} {why}, and is not used.", fix)
