"""The tools for jobs, through the daemon."""

import asyncio

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs


async def forever(told: JobRun) -> object:
    told.progress(0.5, "half of it")
    told.log("a line")
    await asyncio.sleep(60)
    return None


async def at_once(_: JobRun) -> object:
    return {"answer": 42}


async def test_a_job_from_its_beginning_to_its_end(served: ServedDaemon) -> None:
    owner = (await run(served, "whoami"))["value"]["caller"]
    jobs, me = served.parts.get(Jobs), Caller(kind="owner", name=owner)
    made = await jobs.start(me, "test", "A test", forever)
    listed = (await run(served, "job_list", state="running"))["value"]["jobs"]
    assert [(one["id"], one["kind"], one["started_at"] is not None) for one in listed] == [(made["id"], "test", True)]
    shown = (await run(served, "job_get", job_id=made["id"][:6]))["value"]
    assert (shown["progress"], shown["log"], shown["result"]) == (0.5, ["a line"], None)
    assert (await run(served, "job_wait", job_id=made["id"], timeout=1))["value"]["state"] == "running"
    assert (await run(served, "job_cancel", job_id=made["id"]))["value"]["state"] == "cancelled"
    assert (await run(served, "job_cancel", job_id=made["id"]))["error"]["code"] == "conflict"
    done = await jobs.start(me, "test", "A test", at_once)
    assert (await run(served, "job_wait", job_id=done["id"]))["value"]["result"] == {"answer": 42}


async def test_jobs_of_others_are_not_there(served: ServedDaemon) -> None:
    anna = Caller(kind="user", name="user/anna", user="a")
    made = await served.parts.get(Jobs).start(anna, "test", "Hers", at_once)
    assert (await run(served, "job_list"))["value"]["jobs"] == []
    ben = (await served.user("ben"))["access_token"]
    for name in ("job_get", "job_wait", "job_cancel"):
        body = {"arguments": {"job_id": made["id"]}}
        _, reply = await served.over_http("POST", f"/v1/tools/{name}/run", ben, json=body)
        assert reply["error"]["code"] == "job_not_found"
