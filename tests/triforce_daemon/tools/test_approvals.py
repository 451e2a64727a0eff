"""A program learns what became of its question, and never answers it."""

import asyncio

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_who_asked_sees_it_and_waits_for_it(served: ServedDaemon) -> None:
    token = await served.token("tools", "tools:write", "sessions")

    async def call(tool: str, **arguments: object) -> dict:
        path = f"/v1/tools/{tool}/run"
        return (await served.over_http("POST", path, token, json={"arguments": arguments}))[1]

    refused = await call("session_delete", session_id="abc")
    approval = refused["error"]["approval"]
    (waiting,) = (await call("approval_status"))["value"]["approvals"]
    assert (waiting["id"], waiting["state"], waiting["tool"]) == (approval, "pending", "session_delete")
    assert (await call("approval_status", approval_id=approval[:5]))["value"]["approvals"] == [waiting]
    waited = asyncio.create_task(call("approval_wait", approval_id=approval, timeout=10))
    await asyncio.sleep(0.05)
    status, _ = await served.post(f"/v1/approvals/{approval}", {"verdict": "granted"})
    assert status == 200 and (await waited)["value"] == {"state": "granted"}
    assert (await call("session_delete", session_id="abc"))["error"]["code"] == "session_not_found"
    other = await served.token("tools", name="other")
    _, theirs = await served.over_http("POST", "/v1/tools/approval_status/run", other, json={})
    assert theirs["value"]["approvals"] == []


async def test_one_that_there_is_not(served: ServedDaemon) -> None:
    assert (await run(served, "approval_wait", approval_id="zzz", timeout=1))["error"]["code"] == "approval_not_found"
