"""Jobs, prompts and files in a daemon that serves."""

import asyncio

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs

ME = Caller(kind="owner", name="me")


async def forever(run: JobRun) -> object:
    run.progress(0.5, "half of it")
    await asyncio.sleep(60)
    return None


async def test_a_job_is_followed_and_cancelled_by_http(served: ServedDaemon) -> None:
    made = await served.parts.get(Jobs).start(ME, "x", "A test", forever)
    _, listed = await served.get("/v1/jobs", state="running")
    assert [job["id"] for job in listed["items"]] == [made["id"]]
    status, shown = await served.get(f"/v1/jobs/{made['id'][:6]}", wait=0.1)
    assert (status, shown["progress"], shown["doing"]) == (200, 0.5, "half of it")
    status, ended = await served.post(f"/v1/jobs/{made['id']}/cancel")
    assert (status, ended["state"]) == (200, "cancelled")
    assert (await served.post(f"/v1/jobs/{made['id']}/cancel"))[0] == 409
    assert (await served.get("/v1/jobs/nothing"))[1]["error"]["code"] == "job_not_found"


async def test_a_job_is_told_of_after_a_restart(folder: str) -> None:
    async with serve(folder) as served:
        made = await served.parts.get(Jobs).start(ME, "x", "A test", forever)
    async with serve(folder) as served:
        _, job = await served.get(f"/v1/jobs/{made['id']}")
    assert (job["state"], job["error"]["message"]) == ("failed", "The daemon ended before the job did.")


async def test_prompts_by_http(served: ServedDaemon) -> None:
    status, made = await served.call("PUT", "/v1/prompts/hello", json={"content": "Hello {{name}}", "tags": ["a"]})
    assert (status, made["version"], made["variables"]) == (200, 1, ["name"])
    assert [one["name"] for one in (await served.get("/v1/prompts", tag="a"))[1]["items"]] == ["hello"]
    _, rendered = await served.post("/v1/prompts/hello/render", {"variables": {"name": "you"}})
    assert (rendered["text"], rendered["missing"]) == ("Hello you", [])
    assert (await served.get("/v1/prompts/hello", version=1))[1]["content"] == "Hello {{name}}"
    assert (await served.call("PUT", "/v1/prompts/hello", json={"text": "x"}))[0] == 400
    assert (await served.call("DELETE", "/v1/prompts/hello"))[1]["versions"] == 1
    assert (await served.get("/v1/prompts/hello"))[0] == 404


async def test_the_settings_grant_workspaces(folder: str) -> None:
    async with serve(folder, workspaces__mine__callers="user/anna", workspaces__mine__write="true") as served:
        files = served.parts.get(Files)
        anna = Caller(kind="user", name="user/anna", user="a")
        await files.write(Place(anna, "x"), b"hello", "create")
        (root,) = files.roots(anna)
        assert root.folder.startswith(served.places.workspaces)
