"""How the daemon is, in one page."""

from typing import Literal

from typing_extensions import TypedDict

DaemonState = Literal["starting", "ready", "draining"]
Severity = Literal["info", "warning", "error"]


class DaemonStatus(TypedDict):
    state: DaemonState
    pid: int
    version: str
    protocol: int
    since: str
    socket: str | None
    """Paths are for the owner and admins to see."""
    listen: list[str]
    """The addresses of the listeners on the network."""
    managed_by: Literal["systemd", "cli", "shell"]
    database: str | None
    config: str | None
    streams: int
    """Answers that are being sent at this moment."""


class ProviderStatus(TypedDict):
    name: str
    state: str
    reason: str | None
    models: int


class EngineStatus(TypedDict):
    """A model that is in memory."""

    model: str
    state: Literal["starting", "ready", "stopping"]
    pid: int | None
    since: str
    active: int
    idle_stop_seconds: int | None


class UsageToday(TypedDict):
    requests: int
    tokens_in: int
    tokens_out: int
    errors: int


class Health(TypedDict):
    code: str
    severity: Severity
    message: str
    fix: str | None


class Status(TypedDict):
    schema: str
    daemon: DaemonStatus
    providers: list[ProviderStatus]
    engines: list[EngineStatus]
    usage: UsageToday
    health: list[Health]


class Stopping(TypedDict):
    schema: str
    pid: int
    streams: int
    drain_seconds: float
