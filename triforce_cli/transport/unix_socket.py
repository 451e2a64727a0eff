"""HTTP/1.1 over the daemon's Unix socket: JSON out, JSON or events in, and a sentence for whatever goes wrong."""

import http.client
import os
import socket
import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from triforce_cli.errors import (
    DaemonError,
    DaemonNotRunning,
    NoPermission,
    ProtocolMismatch,
    SocketPathInvalid,
    TimedOut,
    TriforceCliError,
)
from triforce_cli.transport import replies
from triforce_cli.transport.limit import PATIENCE_SECONDS, Limit
from triforce_cli.transport.replies import EventStream, RawReply
from triforce_daemon.wire.constants import SOCKET_PATH_LIMIT


class SocketTransport:
    """Speaks to the daemon behind one socket; opens a connection for each question."""

    def __init__(self, path: str, timeout: float | None = None) -> None:
        """`timeout` limits each question as a whole, in seconds; None: answers may take their time."""
        self.path = path
        self._place = _Socket(path)
        self._timeout = timeout

    def reach(self) -> None:
        """Return where somebody listens. Raises DaemonNotRunning, NoPermission, SocketPathInvalid."""
        with _explained(self._place), _connect(self.path, Limit(self._timeout, PATIENCE_SECONDS)):
            pass

    def call(self, method: str, target: str, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        """Ask, and return the JSON of the answer. Raises a TriforceCliError in every other case."""
        limit = Limit(self._timeout, PATIENCE_SECONDS)
        with _explained(self._place), _connect(self.path, limit) as connected:
            return self._json_of(_ask(connected, method, replies.with_query(target, query), body))

    def stream(self, method: str, target: str, body: object = None) -> EventStream:
        """Ask, and return the events of the answer as they come. Raises where the answer is an error."""
        with _explained(self._place), ExitStack() as on_failure:
            connected = on_failure.enter_context(_connect(self.path, Limit(self._timeout, None)))
            response = _ask(connected, method, target, body)
            if not replies.is_stream(response.headers):
                self._json_of(response)
                raise self._place.stranger("no event stream came")
            on_failure.pop_all()

        raw = self._raw(response, connected)
        return EventStream(raw.read_line, raw.close, self._place)

    def raw(self, method: str, target: str, content: bytes | None, headers: Mapping[str, str]) -> RawReply:
        """Ask in another protocol's words. Raises where no answer comes; any answer is the caller's to read."""
        with _explained(self._place), ExitStack() as on_failure:
            connected = on_failure.enter_context(_connect(self.path, Limit(self._timeout, None)))
            response = _send(connected, method, target, content, headers)
            on_failure.pop_all()
        return self._raw(response, connected)

    def _raw(self, response: http.client.HTTPResponse, connected: socket.socket) -> RawReply:
        def read_line() -> bytes:
            with _explained(self._place):
                return response.readline()

        def hang_up() -> None:
            response.close()
            # Whoever still waits for a line is woken by this, and not by closing.
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
            connected.close()

        return RawReply(response.status, response.headers, read_line, hang_up)

    def _json_of(self, response: http.client.HTTPResponse) -> Any:
        with response:
            content = response.read()
        return replies.json_of(response.status, response.headers, content, self._place)


class _Socket:
    """A `Place`."""

    def __init__(self, path: str) -> None:
        self.path = path

    def stranger(self, seen: str) -> TriforceCliError:
        return ProtocolMismatch(
            f"What answers on {self.path} is no triforced, or a very different one ({seen}).",
            "Look at what listens there, or name another socket with --socket.",
        )

    def wordless(self, status: int) -> TriforceCliError:
        return self.no_permission() if status == 403 else self.stranger(f"HTTP {status}")

    def no_permission(self) -> TriforceCliError:
        return NoPermission(
            f"You may not use the daemon's socket: {self.path}",
            "It belongs to another user. Start your own daemon, or name another socket with --socket.",
        )

    def refused(self, error: DaemonError) -> TriforceCliError:
        return error

    def other_protocol(self, spoken: str) -> TriforceCliError:
        return replies.other_protocol(spoken, "Restart the daemon after an update: triforce daemon restart")


class _LimitedSocket(socket.socket):
    """A Unix socket whose every wait keeps to one limit, also the waits of those who read it through a file."""

    def __init__(self, limit: Limit) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_STREAM)
        self._limit = limit

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(self._limit.left())
        return super().recv_into(buffer, nbytes, flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        self.settimeout(self._limit.left())
        super().sendall(data, flags)

    def connect(self, address: Any) -> None:
        self.settimeout(self._limit.left())
        while True:
            try:
                return super().connect(address)
            except BlockingIOError:
                # The daemon's queue is full, and a Unix socket with a timeout does not wait for it (unix(7)).
                time.sleep(0.02)
                self._limit.left()


def _connect(path: str, limit: Limit) -> _LimitedSocket:
    if len(os.fsencode(path)) > SOCKET_PATH_LIMIT:
        raise SocketPathInvalid(
            f"The path of the socket is too long: {path}",
            f"Linux allows {SOCKET_PATH_LIMIT} bytes; name a shorter one with --socket or TRIFORCE_SOCKET.",
        )
    connected = _LimitedSocket(limit)
    try:
        connected.connect(path)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        connected.close()
        raise _not_running(path) from None
    except BaseException:
        connected.close()
        raise
    return connected


def _ask(connected: socket.socket, method: str, target: str, body: object) -> http.client.HTTPResponse:
    headers, content = replies.request_of(body)
    return _send(connected, method, target, content, headers)


def _send(
    connected: socket.socket, method: str, target: str, content: bytes | None, headers: Mapping[str, str]
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("triforced")
    connection.sock = connected
    # A daemon that refuses a large body answers before it has read it all: what it says can still be read.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(method, target, content, dict(headers))
    return connection.getresponse()


@contextmanager
def _explained(place: _Socket) -> Generator[None]:
    """Turn what sockets and HTTP raise into errors that a person can read."""
    try:
        yield
    except TimeoutError:
        raise TimedOut("The daemon did not answer in time.", "Is it busy? See: triforce status") from None
    except PermissionError:
        raise place.no_permission() from None
    except (ConnectionError, http.client.IncompleteRead):
        raise replies.went_away() from None
    except http.client.HTTPException as error:
        raise place.stranger(str(error) or type(error).__name__) from None
    except OSError as error:
        raise DaemonNotRunning(
            f"The socket cannot be used: {place.path}: {error.strerror}", "Run: triforce doctor"
        ) from None


def _not_running(path: str) -> TriforceCliError:
    return DaemonNotRunning(f"The daemon is not running (no answer on {path}).", "Start it with: triforce daemon start")
