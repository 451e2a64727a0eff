"""Long work in the background, as its owner deals with it."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.jobs import Jobs
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.jobs import Job, JobDetail, JobState

JobId = Annotated[str, "its id, or the beginning of it", Field(min_length=1, max_length=64)]


class JobItem(TypedDict):
    id: str
    kind: str
    title: str
    state: JobState
    progress: float
    """From 0 to 1."""
    started_at: str | None
    node: str


class JobItems(TypedDict):
    jobs: list[JobItem]


@tool(
    tier="free",
    effect="read",
    keywords=("background", "running", "tasks", "progress", "Aufträge", "Hintergrund", "läuft", "Fortschritt"),
)
async def job_list(
    state: Annotated[JobState | None, "only these"] = None,
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 50,
    *,
    jobs: Jobs,
    call: ToolCall,
) -> JobItems:
    """List the caller's own jobs, the newest first."""
    own = (await jobs.all(call.caller, state, limit, everybody=False))["items"]
    return JobItems(jobs=[_item(job) for job in own])


class JobPage(JobItem):
    result: object
    error: ErrorBody | None
    log: list[str]
    """The last lines of what it said."""


@tool(
    tier="free",
    effect="read",
    keywords=("how far", "result of a job", "log", "state", "Auftrag", "Ergebnis", "wie weit", "Stand"),
)
async def job_get(job_id: JobId, *, jobs: Jobs, call: ToolCall) -> JobPage:
    """Show a job with its progress, its result or error, and the end of its log."""
    return _page(await jobs.get(call.caller, job_id))


class JobEnd(TypedDict):
    id: str
    state: JobState
    result: object
    error: ErrorBody | None


@tool(
    tier="free",
    effect="read",
    keywords=("until done", "finish", "block", "warten", "fertig", "Auftrag abwarten"),
)
async def job_wait(
    job_id: JobId,
    timeout: Annotated[int, "how long at most, in seconds", Field(ge=1, le=300)] = 60,
    *,
    jobs: Jobs,
    call: ToolCall,
) -> JobEnd:
    """Wait until a job has ended; returns at once where it has."""
    job = await jobs.wait(call.caller, job_id, timeout)
    return JobEnd(id=job["id"], state=job["state"], result=job["result"], error=job["error"])


class JobCancelled(TypedDict):
    id: str
    state: JobState


# To end what one has begun oneself needs nobody's agreement, and no right to write.
@tool(
    tier="free",
    effect="destroy",
    scope="tools",
    approval=False,
    keywords=("stop", "abort", "end a job", "abbrechen", "stoppen", "beenden", "Auftrag"),
)
async def job_cancel(job_id: JobId, *, jobs: Jobs, call: ToolCall) -> JobCancelled:
    """Have a job end, and say how it stands a second later."""
    job = await jobs.cancel(call.caller, job_id)
    return JobCancelled(id=job["id"], state=job["state"])


def _item(job: Job) -> JobItem:
    return JobItem(
        id=job["id"],
        kind=job["kind"],
        title=job["title"],
        state=job["state"],
        progress=job["progress"],
        started_at=job["started"],
        node=job["node"],
    )


def _page(job: JobDetail) -> JobPage:
    return JobPage(**_item(job), result=job["result"], error=job["error"], log=job["log"])
