"""Opens what lies below a folder, and never anything else, whoever moves things about meanwhile."""

import ctypes
import errno
import os
from contextlib import suppress

from triforce_daemon.errors import FileChanged, FileMissing, PathRefused
from triforce_daemon.workspaces.relative import Parts, path_of, shown, text_of

#: openat2(2), since Linux 5.6: the same number on every architecture.
_OPENAT2 = 437
_NO_MAGIC_LINKS, _NO_SYMBOLIC_LINKS, _BENEATH = 0x02, 0x04, 0x08
#: Of a kernel that is too old, and of a container that hides it.
_ABSENT = (errno.ENOSYS, errno.EPERM)
#: How often to try again where something was moved while the kernel looked.
_TRIES = 16
_ALWAYS = os.O_CLOEXEC | os.O_NOFOLLOW


class _How(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


class Beneath:
    """Follows no symbolic link, not even one that stays inside: what a name leads to cannot be exchanged then."""

    def __init__(self, *, kernel: bool = True) -> None:
        """`kernel`: whether openat2 is asked where it is there; else each folder is opened by itself."""
        self._kernel = kernel
        self._libc = ctypes.CDLL(None, use_errno=True)

    def open(self, root: int, parts: Parts, flags: int) -> int:
        """A descriptor of what is at `parts` below the folder `root`. Raises TriforceError, OSError."""
        try:
            found = self._open(root, parts, flags | _ALWAYS)
            if flags & os.O_PATH and _is_link(found):
                # With this flag the link itself is handed out.
                os.close(found)
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        except OSError as error:
            raise _told(error, parts) from error
        return found

    def _open(self, root: int, parts: Parts, flags: int) -> int:
        if self._kernel:
            try:
                return self._ask(root, parts, flags)
            except OSError as error:
                if error.errno not in _ABSENT:
                    raise
                self._kernel = False
        return _walk(root, parts, flags)

    def _ask(self, root: int, parts: Parts, flags: int) -> int:
        how = _How(flags, 0, _BENEATH | _NO_SYMBOLIC_LINKS | _NO_MAGIC_LINKS)
        path = os.fsencode(path_of(parts))
        for _ in range(_TRIES):
            found = self._libc.syscall(_OPENAT2, root, path, ctypes.byref(how), ctypes.sizeof(how))
            if found >= 0:
                return found
            if ctypes.get_errno() not in (errno.EAGAIN, errno.EINTR):
                break
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _walk(root: int, parts: Parts, flags: int) -> int:
    if ".." in parts:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    current = os.open(".", os.O_PATH | os.O_DIRECTORY | _ALWAYS, dir_fd=root)
    try:
        for name in parts[:-1]:
            following = os.open(name, os.O_PATH | os.O_DIRECTORY | _ALWAYS, dir_fd=current)
            os.close(current)
            current = following
        return os.open(parts[-1] if parts else ".", flags, dir_fd=current)
    finally:
        os.close(current)


def _is_link(descriptor: int) -> bool:
    with suppress(OSError):
        os.readlink("", dir_fd=descriptor)
        return True
    return False


def _told(error: OSError, parts: Parts) -> Exception:
    place = shown(text_of(parts))
    match error.errno:
        case errno.ENOENT:
            return FileMissing(f"There is no {place}.", "List the folder to see what there is.")
        case errno.ELOOP | errno.EXDEV:
            return PathRefused(f"{place} goes through a symbolic link.", "Name the file where it is, in the workspace.")
        case errno.EAGAIN:
            return FileChanged(f"{place} is being moved about.", "Try again.")
        case errno.ENOTDIR:
            return PathRefused(f"{place} goes through something that is no folder.", "Is the name right?")
        case errno.ENAMETOOLONG:
            return PathRefused(f"{place} is too long.", "A name has 255 bytes at most, and a path 4,095.")
        case errno.EACCES | errno.EPERM:
            return PathRefused(f"{place} may not be opened by the daemon's user.", "Check its owner and mode.")
        case _:
            return error
