"""Chains from their beginning to their end: cycle after cycle, paused, resumed, cancelled, interrupted."""

import asyncio
import os
import pwd
from typing import Any

from tests.scriptable_upstream.script import call, say
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.chains.records import ChainRecords

LEAD = "scripted/small"
REACHED, NOT_YET = say('{"done": true, "next": ""}'), say('{"done": false, "next": "Look again."}')


async def value(served: ServedDaemon, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await run(served, tool, **arguments)
    assert result["ok"], result["error"]
    return result["value"]


async def start(served: ServedDaemon, **more: Any) -> str:
    return (await value(served, "chain_start", prompt="Find the sum {of} all.", lead=LEAD, **more))["chain_id"]


async def status(served: ServedDaemon, chain: str) -> dict[str, Any]:
    (found,) = (await value(served, "chain_status", chain_id=chain, include_cycles=True))["chains"]
    return found


async def ended(served: ServedDaemon, chain: str) -> dict[str, Any]:
    for _ in range(300):
        found = await status(served, chain)
        if found["status"] not in ("running", "pausing"):
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("it does not end")


async def test_it_works_until_the_goal_is_reached_and_remembers_its_reports(served: ServedDaemon) -> None:
    for script in (call("calculate", '{"expression": "2 + 2"}'), say("It is 4."), NOT_YET, say("Still 4."), REACHED):
        served.upstream.enqueue(script)
    chain = await start(served, project="sums", profile="utilities", max_cycles=5)
    found = await ended(served, chain)
    assert (found["status"], found["cycle"], found["final_output"]) == ("done", 2, "Still 4.")
    first, second = found["cycles"]
    assert (first["report"], first["next"], first["steps"][0]["name"]) == ("It is 4.", "Look again.", "calculate")
    assert found["tokens"]["input_tokens"] == first["usage"]["input_tokens"] + second["usage"]["input_tokens"] == 60
    asked = served.upstream.records[3].json["messages"]
    assert "cycle 2 of at most 5" in asked[0]["content"] and "project is called sums" in asked[0]["content"]
    assert "Find the sum {of} all." in asked[1]["content"] and "It is 4." in asked[1]["content"]
    job = await value(served, "job_get", job_id=found["job_id"])
    assert (job["kind"], job["state"], job["result"]["final_output"]) == ("chain", "done", "Still 4.")
    assert any("calculate" in line for line in job["log"])
    listed = await value(served, "chain_status", project="sums")
    assert [one["chain_id"] for one in listed["chains"]] == [chain] and "cycles" not in listed["chains"][0]
    assert (await value(served, "chain_status", project="other"))["chains"] == []


async def test_it_ends_unfinished_where_the_cycles_are_used_up(served: ServedDaemon) -> None:
    for script in (say("Nothing."), NOT_YET):
        served.upstream.enqueue(script)
    found = await ended(served, await start(served, max_cycles=1))
    assert (found["status"], found["final_output"]) == ("unfinished", "Nothing.")
    again = await run(served, "chain_control", chain_id=found["chain_id"], action="resume")
    assert again["error"]["code"] == "conflict"


async def test_a_model_that_fails_is_told_and_can_be_tried_again(served: ServedDaemon) -> None:
    served.upstream.plan("status=400")
    found = await ended(served, await start(served))
    assert (found["status"], found["cycle"]) == ("failed", 0) and found["error"]["code"]
    served.upstream.plan(None)
    for script in (say("Done."), REACHED):
        served.upstream.enqueue(script)
    assert (await value(served, "chain_control", chain_id=found["chain_id"], action="resume"))["status"] == "running"
    found = await ended(served, found["chain_id"])
    assert (found["status"], found["error"]) == ("done", None)


async def test_it_pauses_between_two_cycles_and_goes_on_there(served: ServedDaemon) -> None:
    served.upstream.enqueue(say("One."), "first=200ms")
    served.upstream.enqueue(NOT_YET)
    chain = await start(served)
    await served.upstream.asked()
    assert (await value(served, "chain_control", chain_id=chain, action="pause"))["status"] == "pausing"
    found = await ended(served, chain)
    assert (found["status"], found["cycle"], found["final_output"]) == ("paused", 1, None)
    for script in (say("Two."), REACHED):
        served.upstream.enqueue(script)
    await value(served, "chain_control", chain_id=chain, action="resume")
    found = await ended(served, chain)
    assert (found["status"], [cycle["report"] for cycle in found["cycles"]]) == ("done", ["One.", "Two."])


async def test_cancelling_ends_it_in_the_middle_of_a_cycle(served: ServedDaemon) -> None:
    served.upstream.enqueue(None, "first=30s")
    chain = await start(served)
    await served.upstream.asked()
    assert (await value(served, "chain_control", chain_id=chain[:6], action="cancel"))["status"] == "cancelled"
    found = await ended(served, chain)
    assert (found["status"], found["cycle"]) == ("cancelled", 0)
    assert (await value(served, "job_get", job_id=found["job_id"]))["state"] == "cancelled"
    assert (await run(served, "chain_control", chain_id=chain, action="pause"))["error"]["code"] == "conflict"


async def test_what_a_daemon_left_open_is_interrupted_and_can_go_on(served: ServedDaemon) -> None:
    served.upstream.enqueue(None, "first=30s")
    chain = await start(served)
    await served.upstream.asked()
    await served.parts.get(ChainRecords).recover()
    assert (await status(served, chain))["status"] == "interrupted"


async def test_what_fails_while_the_daemon_ends_is_interrupted(served: ServedDaemon) -> None:
    served.upstream.plan("first=200ms status=400")
    chain = await start(served)
    await served.upstream.asked()
    served.lifecycle.state = "draining"
    records = served.parts.get(ChainRecords)
    for _ in range(200):
        (row,) = await records.store.starting(pwd.getpwuid(os.getuid()).pw_name, chain, 1)
        if row["status"] != "running":
            break
        await asyncio.sleep(0.01)
    served.lifecycle.state = "ready"
    assert (row["status"], row["error"]) == ("interrupted", None)


async def test_it_changes_nothing_unless_it_may(served: ServedDaemon) -> None:
    remember = call("tool_call", '{"name": "memory_store", "arguments": {"content": "x"}}')
    for script in (remember, say("No."), REACHED):
        served.upstream.enqueue(script)
    found = await ended(served, await start(served))
    (step,) = found["cycles"][0]["steps"]
    assert not step["ok"] and step["result"].startswith("tool_not_found")
    for script in (remember, say("Yes."), REACHED):
        served.upstream.enqueue(script)
    found = await ended(served, await start(served, aggressive=True))
    assert found["cycles"][0]["steps"][0]["ok"]


async def test_each_sees_and_rules_his_own(served: ServedDaemon) -> None:
    for script in (say("Done."), REACHED):
        served.upstream.enqueue(script)
    chain = await start(served)
    await ended(served, chain)
    records = served.parts.get(ChainRecords)
    ben = Caller(kind="user", name="user/ben", user="ben")
    assert await records.page(ben, None) == []
    wrong = await run(served, "chain_control", chain_id="zzzz", action="pause")
    assert wrong["error"]["code"] == "not_found"
    unknown = await run(served, "chain_start", prompt="x", lead="nobody/nothing")
    assert unknown["error"]["code"] == "model_not_found"
