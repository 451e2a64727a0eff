"""The daemon's log, as it is told to those who may read it."""

from typing_extensions import TypedDict

from triforce_daemon.wire.log_lines import Category, Level


class LogEntry(TypedDict):
    """A line of the log, or a request and how it was answered."""

    ts: str | None
    """null: what wrote the line did not say when."""
    level: Level
    category: Category
    unit: str
    """Which part of the daemon has written it."""
    msg: str
    request_id: str | None
    more: dict[str, object]
    """What else the line says, by name."""


class LogList(TypedDict):
    schema: str
    file: str | None
    """The log's file on the daemon's machine; null: it goes to standard error, and its end is kept in memory."""
    items: list[LogEntry]
    """The newest first."""
    next: str | None


class RepeatedError(TypedDict):
    """What went wrong, the same once."""

    unit: str
    msg: str
    level: Level
    count: int
    first: str | None
    last: str | None
    requests: list[str]
    """Some of the requests in which it happened."""


class LogStats(TypedDict):
    """The log of some minutes, counted."""

    since: str
    requests_since: str
    """Later where the daemon began later, or remembers no earlier request."""
    entries: int
    requests: int
    by_category: dict[str, int]
    by_level: dict[str, int]
    per_minute: float
    """Requests, on average."""
    error_rate: float | None
    """The share of requests that were answered with a status of 500 and above; null: there were no requests."""
    p50: float | None
    """Milliseconds until an answer began."""
    p95: float | None
    p99: float | None
    truncated: bool
    """Whether there was more than could be counted."""


class TraceSpan(TypedDict):
    """A part of what a request was spent on."""

    id: int
    parent: int | None
    """The span that it is a part of."""
    kind: str
    """http, request (to a model), attempt (at one of those who could answer), or tool."""
    name: str
    started_at: str | None
    ms: float | None
    status: str | None
    error: str | None
