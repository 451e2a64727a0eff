"""What a daemon answers, whatever way it came: JSON, an error, or events."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import urlencode

from triforce_cli.errors import DaemonError, DaemonWentAway, ProtocolMismatch, TriforceCliError
from triforce_daemon.wire.constants import PROTOCOL, PROTOCOL_HEADER, VERSION

_LAST_EVENTS = ("done", "error")


class Headers(Protocol):
    """The head of an answer, by names in any case."""

    def get(self, name: str, /) -> Any: ...


class Place(Protocol):
    """Where a daemon is, in the words of the errors that may come from there."""

    def stranger(self, seen: str) -> TriforceCliError:
        """What answers there is no daemon."""
        ...

    def wordless(self, status: int) -> TriforceCliError:
        """Somebody refused without the daemon's words."""
        ...

    def refused(self, error: DaemonError) -> TriforceCliError:
        """The daemon's own error, with a hint that fits the way by which it was asked."""
        ...

    def other_protocol(self, spoken: str) -> TriforceCliError: ...


class RawReply(NamedTuple):
    """An answer as it comes, whatever it is."""

    status: int
    headers: Headers
    read_line: Callable[[], bytes]
    """What is there up to a line's end, and nothing at the end of all. Raises a TriforceCliError."""
    close: Callable[[], None]
    """Hang up; also after the end, and twice."""


class Transport(Protocol):
    """A way to ask a daemon."""

    def reach(self) -> None:
        """Return where somebody answers. Raises a TriforceCliError."""
        ...

    def call(self, method: str, target: str, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        """Ask, and return the JSON of the answer. Raises a TriforceCliError in every other case."""
        ...

    def stream(self, method: str, target: str, body: object = None) -> "EventStream":
        """Ask, and return the events of the answer as they come. Raises where the answer is an error."""
        ...

    def raw(self, method: str, target: str, content: bytes | None, headers: Mapping[str, str]) -> RawReply:
        """Ask in another protocol's words. Raises where no answer comes; any answer is the caller's to read."""
        ...


class EventStream:
    """The events of one answer, each a dict with a `type`; the last one is `done` or `error`, which the caller reads.

    Closing it before the end hangs up, and the daemon then stops what it is doing for it.
    """

    def __init__(self, read_line: Callable[[], bytes], hang_up: Callable[[], None], place: Place) -> None:
        """`read_line` returns what is there up to a line's end, and nothing at the end of all."""
        self._read_line = read_line
        self._hang_up = hang_up
        self._place = place

    def __iter__(self) -> Iterator[Any]:
        while (event := self._next()) is not None:
            yield event
            if event["type"] in _LAST_EVENTS:
                return
        raise went_away()

    def __enter__(self) -> "EventStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; also after the end, and twice."""
        self._hang_up()

    def _next(self) -> Any:
        # An event is one `data:` line; the others are blank, or comments that show that the daemon is still there.
        while (line := self._read_line()).endswith(b"\n"):
            if line.startswith(b"data:"):
                return _event(line[5:], self._place)
        return None


def with_query(target: str, query: Mapping[str, object] | None) -> str:
    """The address with what is asked for; what is None is left out."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return f"{target}?{urlencode(given, errors='replace')}" if given else target


def request_of(body: object) -> tuple[dict[str, str], bytes | None]:
    """The headers that go with each question, and its content."""
    headers = {PROTOCOL_HEADER: str(PROTOCOL), "user-agent": f"triforce/{VERSION}"}
    if body is None:
        return headers, None
    return {**headers, "content-type": "application/json"}, json.dumps(body).encode()


def json_of(status: int, headers: Headers, content: bytes, place: Place) -> Any:
    """The JSON of an answer, or the error that it carries."""
    spoken = headers.get(PROTOCOL_HEADER)
    if spoken is not None and spoken != str(PROTOCOL):
        raise place.other_protocol(spoken)
    reply = parsed(content)
    if status >= 400:
        raise _refusal(reply, status, place)
    if spoken and not content:
        raise went_away()
    if not spoken or reply is None:
        raise place.stranger(f"HTTP {status}, {len(content)} bytes")
    return reply


def is_stream(headers: Headers) -> bool:
    return (headers.get("content-type") or "").startswith("text/event-stream")


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


def went_away() -> TriforceCliError:
    return DaemonWentAway(
        "The daemon went away in the middle of its answer.", "See whether it runs: triforce daemon status"
    )


def other_protocol(spoken: str, hint: str) -> TriforceCliError:
    return ProtocolMismatch(f"The daemon speaks protocol {spoken}, this triforce ({VERSION}) speaks {PROTOCOL}.", hint)


def _refusal(reply: Any, status: int, place: Place) -> TriforceCliError:
    error = error_in(reply)
    if error is not None:
        return place.refused(DaemonError(error, status))
    return place.wordless(status)


def _event(data: bytes, place: Place) -> Any:
    event = parsed(data)
    if _member(event, "type") is None:
        raise place.stranger("an event that is none")
    return event


def _member(value: Any, name: str) -> Any:
    return cast("dict[str, Any]", value).get(name) if isinstance(value, dict) else None
