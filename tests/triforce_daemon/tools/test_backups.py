"""The tools for backups, through the daemon."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_a_backup_is_made_listed_and_verified(served: ServedDaemon) -> None:
    begun = (await run(served, "backup_create", kinds=["config"]))["value"]
    done = (await run(served, "job_wait", job_id=begun["job_id"]))["value"]
    assert done["state"] == "done"
    (listed,) = (await run(served, "backup_list"))["value"]["backups"]
    assert (listed["path"], listed["sha256"]) == (done["result"]["path"], done["result"]["sha256"])
    assert listed["verified"] is True and listed["kinds"] == ["config"]
    _, page = await served.get("/v1/backups")
    assert page["folder"] == served.places.archives
    status, one = await served.get(f"/v1/backups/{page['items'][0]['name']}")
    assert status == 200 and one["verified"]
    assert (await served.get("/v1/backups/..%2Fx"))[0] == 404


async def test_they_are_for_admins(served: ServedDaemon) -> None:
    anna = (await served.user("anna", tier="unlimited"))["access_token"]
    for tool in ("backup_create", "backup_list"):
        _, told = await served.over_http("POST", f"/v1/tools/{tool}/run", anna, json={"arguments": {}})
        assert told["error"]["code"] == "forbidden"
    status, begun = await served.post("/v1/backups", {})
    assert status == 200 and begun["kind"] == "backup"
    assert (await served.post("/v1/backups", {"kinds": ["vault"]}))[0] == 400
    await run(served, "job_wait", job_id=begun["id"])
