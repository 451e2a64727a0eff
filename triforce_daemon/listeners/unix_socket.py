"""The Unix socket: nobody else's, and one daemon at a time on it."""

import contextlib
import errno
import fcntl
import os
import socket
import stat

from triforce_daemon.runtime.folders import make_private
from triforce_daemon.startup_errors import AlreadyRunning, SocketRefused
from triforce_daemon.wire.constants import SOCKET_PATH_LIMIT


class SocketListener:
    """The Unix socket at `path`: one daemon at a time, no other user."""

    def __init__(self, path: str, inherited: socket.socket | None = None) -> None:
        """`inherited`: bound by systemd, which then also says who may connect, and keeps the path."""
        self._path = path
        self._inherited = inherited
        self._lock: int | None = None

    def bind(self) -> socket.socket:
        """Take the socket's place. Raises SocketRefused, AlreadyRunning."""
        if self._inherited is not None:
            return _checked(self._inherited, self._path)
        _check_length(self._path)
        try:
            make_private(os.path.dirname(self._path))
            self._lock = self._take_lock()
            _clear(self._path)
            return _bind(self._path)
        except SocketRefused:
            self._unlock()
            raise
        except OSError as error:
            self._unlock()
            raise SocketRefused(
                f"The socket {self._path} cannot be made: {error.strerror}.",
                "Check the folder's owner and mode, or name another path with --socket.",
            ) from error

    def release(self) -> None:
        """Give the place back. The lock's file stays: to remove it would let two daemons hold one lock each."""
        if self._inherited is not None:
            return
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self) -> int:
        descriptor = os.open(self._path + ".lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise AlreadyRunning(
                f"Another daemon already answers on {self._path}.", "`triforce status` shows it."
            ) from None
        return descriptor


def _checked(given: socket.socket, path: str) -> socket.socket:
    """Raises SocketRefused where systemd listens elsewhere than the daemon tells its clients."""
    if given.family != socket.AF_UNIX or given.getsockname() != path:
        raise SocketRefused(
            f"The socket that systemd hands over is not {path}.",
            "ListenStream= of its unit and the setting daemon.socket have to name the same path.",
        )
    given.setblocking(False)
    return given


def _check_length(path: str) -> None:
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_LIMIT:
        raise SocketRefused(
            f"The socket's path has {length} bytes; a Unix socket takes {SOCKET_PATH_LIMIT}: {path}",
            "Name a shorter one with --socket, the setting daemon.socket, or XDG_RUNTIME_DIR.",
        )


def _clear(path: str) -> None:
    """Remove a socket that nobody listens on; refuse to touch anything else."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no socket"
        raise SocketRefused(f"{path} is {kind}; it was not touched.", "Remove it, or name another path with --socket.")
    if found.st_uid != os.getuid():
        raise SocketRefused(f"{path} belongs to another user.", "Name another path with --socket.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        if probe.connect_ex(path) not in (errno.ECONNREFUSED, errno.ENOENT):
            raise AlreadyRunning(f"Another program already answers on {path}.", "`triforce status` shows it.")
    os.unlink(path)


def _bind(path: str) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # The mode is there from the first moment: there is no instant in which another user could connect.
    before = os.umask(0o177)
    try:
        bound.bind(path)
    finally:
        os.umask(before)
    bound.listen(2_048)
    bound.setblocking(False)
    return bound
