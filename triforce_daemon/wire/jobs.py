"""Jobs: long work that goes on in the background, and what came of it."""

from typing import Literal

from typing_extensions import TypedDict

from triforce_daemon.wire.errors import ErrorBody

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class Job(TypedDict):
    id: str
    kind: str
    """What kind of work it is, like `pull` or `crawl`."""
    title: str
    state: JobState
    progress: float
    """From 0 to 1."""
    doing: str | None
    """At what it is."""
    owner: str
    node: str
    """The machine that works on it."""
    created: str
    started: str | None
    finished: str | None


class JobDetail(Job):
    schema: str
    result: object
    """What came of it; null as long as it is not done."""
    error: ErrorBody | None
    log: list[str]
    """The last lines of what it said."""


class JobList(TypedDict):
    schema: str
    items: list[Job]
    next: str | None
