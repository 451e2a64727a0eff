"""The daemon's ears: the Unix socket, who is at its other end, and how it closes."""

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import signal
import socket
import stat
import struct
from collections.abc import Callable, Generator
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from triforce_daemon.errors import AlreadyRunning, SocketRefused
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.wire.constants import SOCKET_PATH_LIMIT

log = logging.getLogger(__name__)

#: After the last answer was cut, so long until connections are dropped.
GRACE_SECONDS = 5
#: An idle connection stays open for a client that asks again.
KEEP_ALIVE_SECONDS = 75


class Connections(ServerState):
    """Uvicorn's list of its connections, and whether they are being closed."""

    closing = False


class PeerProtocol(HttpToolsProtocol):
    """HTTP on a Unix socket; notes pid, uid and gid of the other end, which the kernel vouches for."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        self.app_state = {**self.app_state, "peer": struct.unpack("3i", credentials), "listener": "socket"}
        if cast(Connections, self.server_state).closing:
            # Accepted while the others were told to end: nobody would tell this one, and the daemon would wait for it.
            self.shutdown()


class SocketListener:
    """The Unix socket at `path`: one daemon at a time, no other user."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock: int | None = None

    def bind(self) -> socket.socket:
        """Take the socket's place. Raises SocketRefused, AlreadyRunning."""
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


class Server(uvicorn.Server):
    """Uvicorn without its signal handlers (the daemon drains in its own order) and its ten wake-ups a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.server_state: Connections = Connections()
        self._told_to_stop = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self.server_state.closing = True
        self._told_to_stop.set()

    async def main_loop(self) -> None:
        await self._told_to_stop.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Listening:
    """Serves until SIGTERM, SIGINT or a request to stop; then drains."""

    def __init__(self, app: ASGIApp, bound: socket.socket, lifecycle: Lifecycle, drain_seconds: float) -> None:
        config = uvicorn.Config(
            app,
            http=PeerProtocol,
            loop="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=int(drain_seconds) + GRACE_SECONDS,
        )
        self._server = Server(config)
        self._bound = bound
        self._lifecycle = lifecycle
        self._drain_seconds = drain_seconds

    async def serve(self, ready: Callable[[], None]) -> None:
        """Returns when all is sent and closed; `ready` is called when the socket answers."""
        loop = asyncio.get_running_loop()
        self._lifecycle.on_stop_request(self._drain)
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._drain)
        self._lifecycle.state = "ready"
        # The socket listens since it was bound: whoever connects before the loop turns waits, and is served.
        ready()
        await self._server.serve(sockets=[self._bound])

    def _drain(self) -> None:
        if self._lifecycle.state == "draining":
            log.warning("told to stop again: ending open answers now")
            self._lifecycle.cut_all()
            return
        self._lifecycle.state = "draining"
        log.info("draining", extra={"streams": self._lifecycle.streams, "seconds": self._drain_seconds})
        self._server.stop()
        asyncio.get_running_loop().call_later(self._drain_seconds, self._lifecycle.cut_all)


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
