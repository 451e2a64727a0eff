"""Jobs: long work in the background, each caller's own."""

from typing import Annotated

from fastapi import Depends, Query

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import TOOLS
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.wire.jobs import JobDetail, JobList, JobState

routes = Routes()

Desk = Annotated[Jobs, Depends(Needs(Jobs))]


@routes.get("/v1/jobs", policy=TOOLS)
async def list_jobs(
    jobs: Desk, caller: Who, state: JobState | None = None, limit: Annotated[int, Query(ge=1, le=1_000)] = 50
) -> JobList:
    """What the caller has started, the newest first; for an admin what anybody has."""
    return await jobs.all(caller, state, limit)


@routes.get("/v1/jobs/{job}", policy=TOOLS)
async def show_job(job: str, jobs: Desk, caller: Who, wait: Annotated[float, Query(ge=0, le=300)] = 0) -> JobDetail:
    """One of them; with `wait` (seconds) as soon as it has ended. A unique prefix of the id is enough."""
    return await jobs.wait(caller, job, wait)


@routes.post("/v1/jobs/{job}/cancel", policy=TOOLS)
async def cancel_job(job: str, jobs: Desk, caller: Who) -> JobDetail:
    """Have it end; how it stands a second later."""
    return await jobs.cancel(caller, job)
