"""HTTP/1.1 over the daemon's Unix socket: JSON out, JSON or events in, and a sentence for whatever goes wrong."""

import http.client
import json
import os
import socket
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, cast
from urllib.parse import urlencode

from triforce_cli.errors import (
    DaemonError,
    DaemonNotRunning,
    DaemonWentAway,
    NoPermission,
    ProtocolMismatch,
    SocketPathInvalid,
    TimedOut,
    TriforceCliError,
)
from triforce_daemon.wire.constants import PROTOCOL, PROTOCOL_HEADER, SOCKET_PATH_LIMIT, VERSION

#: How long a daemon that took a question may say nothing at all, where nobody gave a limit. Streams may pause longer.
PATIENCE_SECONDS = 30.0

_LAST_EVENTS = ("done", "error")


class Transport:
    """Speaks to the daemon behind one socket; opens a connection for each question."""

    def __init__(self, path: str, timeout: float | None = None) -> None:
        """`timeout` limits each question as a whole, in seconds; None: answers may take their time."""
        self.path = path
        self._timeout = timeout

    def reach(self) -> None:
        """Return where somebody listens. Raises DaemonNotRunning, NoPermission, SocketPathInvalid."""
        with _explained(self.path), _connect(self.path, _Limit(self._timeout, PATIENCE_SECONDS)):
            pass

    def call(self, method: str, target: str, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        """Ask, and return the JSON of the answer. Raises a TriforceCliError in every other case."""
        with _explained(self.path), _connect(self.path, _Limit(self._timeout, PATIENCE_SECONDS)) as connected:
            return _json_of(_ask(connected, method, _with_query(target, query), body), self.path)

    def stream(self, method: str, target: str, body: object = None) -> "EventStream":
        """Ask, and return the events of the answer as they come. Raises where the answer is an error."""
        with _explained(self.path), ExitStack() as on_failure:
            connected = on_failure.enter_context(_connect(self.path, _Limit(self._timeout, None)))
            response = _ask(connected, method, target, body)
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                _json_of(response, self.path)
                raise _stranger(self.path, "no event stream came")
            on_failure.pop_all()
        return EventStream(self.path, connected, response)


class EventStream:
    """The events of one answer, each a dict with a `type`; the last one is `done` or `error`, which the caller reads.

    Closing it before the end hangs up, and the daemon then stops what it is doing for it.
    """

    def __init__(self, path: str, connected: socket.socket, response: http.client.HTTPResponse) -> None:
        self._path = path
        self._socket = connected
        self._response = response

    def __iter__(self) -> Iterator[Any]:
        while (event := self._next()) is not None:
            yield event
            if event["type"] in _LAST_EVENTS:
                return
        raise _went_away()

    def __enter__(self) -> "EventStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; also after the end, and twice."""
        self._response.close()
        self._socket.close()

    def _next(self) -> Any:
        # An event is one `data:` line; the others are blank, or comments that show that the daemon is still there.
        with _explained(self._path):
            while (line := self._response.readline()).endswith(b"\n"):
                if line.startswith(b"data:"):
                    return _event(line[5:], self._path)
        return None


class _Limit:
    """How long the next wait may take: the rest of the time given, or what patience allows."""

    def __init__(self, timeout: float | None, patience: float | None) -> None:
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._patience = patience

    def left(self) -> float | None:
        if self._deadline is None:
            return self._patience
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _LimitedSocket(socket.socket):
    """A Unix socket whose every wait keeps to one limit, also the waits of those who read it through a file."""

    def __init__(self, limit: _Limit) -> None:
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


def _connect(path: str, limit: _Limit) -> _LimitedSocket:
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
        raise not_running(path) from None
    except BaseException:
        connected.close()
        raise
    return connected


def _ask(connected: socket.socket, method: str, target: str, body: object) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("triforced")
    connection.sock = connected
    headers = {PROTOCOL_HEADER: str(PROTOCOL), "user-agent": f"triforce/{VERSION}"}
    content = None
    if body is not None:
        content = json.dumps(body).encode()
        headers["content-type"] = "application/json"
    # A daemon that refuses a large body answers before it has read it all: what it says can still be read.
    with suppress(BrokenPipeError, ConnectionResetError):
        connection.request(method, target, content, headers)
    return connection.getresponse()


def parsed(content: str | bytes) -> Any:
    """The value of a JSON text; None where it is none."""
    try:
        return json.loads(content)
    except ValueError:
        return None


def error_in(reply: Any) -> Mapping[str, Any] | None:
    """The error that a reply carries; None where it carries none."""
    error = _member(reply, "error")
    return error if _member(error, "code") is not None else None


def _member(value: Any, name: str) -> Any:
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None


def _with_query(target: str, query: Mapping[str, object] | None) -> str:
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{target}?{urlencode(given, errors='replace')}" if given else target


def _json_of(response: http.client.HTTPResponse, path: str) -> Any:
    """The JSON of an answer, or the error that it carries."""
    with response:
        content = response.read()
    spoken = response.headers.get(PROTOCOL_HEADER)
    if spoken is not None and spoken != str(PROTOCOL):
        raise ProtocolMismatch(
            f"The daemon speaks protocol {spoken}, this triforce ({VERSION}) speaks {PROTOCOL}.",
            "Restart the daemon after an update: triforce daemon restart",
        )
    reply = parsed(content)
    if response.status >= 400:
        raise _refusal(reply, response.status, path)
    if spoken and not content:
        raise _went_away()
    if not spoken or reply is None:
        raise _stranger(path, f"HTTP {response.status}, {len(content)} bytes")
    return reply


def _refusal(reply: Any, status: int, path: str) -> TriforceCliError:
    error = error_in(reply)
    if error is not None:
        return DaemonError(error, status)
    return no_permission(path) if status == 403 else _stranger(path, f"HTTP {status}")


def _event(data: bytes, path: str) -> Any:
    event = parsed(data)
    if _member(event, "type") is None:
        raise _stranger(path, "an event that is none")
    return event


@contextmanager
def _explained(path: str) -> Generator[None]:
    """Turn what sockets and HTTP raise into errors that a person can read."""
    try:
        yield
    except TimeoutError:
        raise TimedOut("The daemon did not answer in time.", "Is it busy? See: triforce status") from None
    except PermissionError:
        raise no_permission(path) from None
    except (ConnectionError, http.client.IncompleteRead):
        raise _went_away() from None
    except http.client.HTTPException as error:
        raise _stranger(path, str(error) or type(error).__name__) from None
    except OSError as error:
        raise DaemonNotRunning(f"The socket cannot be used: {path}: {error.strerror}", "Run: triforce doctor") from None


def not_running(path: str) -> TriforceCliError:
    return DaemonNotRunning(f"The daemon is not running (no answer on {path}).", "Start it with: triforce daemon start")


def no_permission(path: str) -> TriforceCliError:
    return NoPermission(
        f"You may not use the daemon's socket: {path}",
        "It belongs to another user. Start your own daemon, or name another socket with --socket.",
    )


def _went_away() -> TriforceCliError:
    return DaemonWentAway(
        "The daemon went away in the middle of its answer.", "See whether it runs: triforce daemon status"
    )


def _stranger(path: str, seen: str) -> TriforceCliError:
    return ProtocolMismatch(
        f"What answers on {path} is no triforced, or a very different one ({seen}).",
        "Look at what listens there, or name another socket with --socket.",
    )
