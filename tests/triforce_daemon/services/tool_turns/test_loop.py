"""A model that calls tools, from its first call to its answer, through the daemon's own route."""

import asyncio
import json
import os
from collections.abc import Callable

import pytest

from tests.scriptable_upstream.script import Call, Text, answer, call, say
from tests.triforce_daemon.served_daemon import ServedDaemon, events_of
from triforce_daemon.services.tool_turns.calling import MOST_CALLS
from triforce_daemon.services.tool_turns.loop import goes_in_circles
from triforce_daemon.wire.sessions import ToolStep

SUM = call("calculate", '{"expression": ', '"2 + 2"}', id="call_1")
FORGET = call("memory_clear", '{"older_than_days": 1, "dry_run": false}', id="call_9")


def kinds(events: list[dict]) -> list[str]:
    return [event["type"] for event in events]


def only(events: list[dict], kind: str) -> list[dict]:
    return [event for event in events if event["type"] == kind]


async def history(served: ServedDaemon, session: str) -> list[dict]:
    return (await served.get(f"/v1/sessions/{session}"))[1]["history"]


async def test_a_model_calls_a_tool_and_answers_with_what_came_of_it(served: ServedDaemon) -> None:
    served.upstream.enqueue(answer(Text(("Let me see.",)), *SUM.parts))
    served.upstream.enqueue(say("It is ", "4."))
    events = await served.turn("2 + 2?", tools=["calculate"])
    assert kinds(events) == [
        *("session.started", "text.delta", "tool.call", "tool.result", "text.delta", "text.delta", "usage", "done")
    ]
    (result,) = only(events, "tool.result")
    assert (result["ok"], result["name"], json.loads(result["result"])["value"]) == (True, "calculate", "4")
    done = events[-1]
    assert (done["message"], done["finish_reason"]) == ("It is 4.", "stop")
    assert done["steps"] == [{name: result[name] for name in done["steps"][0]}]
    assert done["steps"][0]["said"] == "Let me see."
    first, second = (asked.json for asked in served.upstream.records)
    assert [tool["function"]["name"] for tool in first["tools"]] == ["calculate"]
    assert [message["role"] for message in second["messages"]] == ["user", "assistant", "tool"]
    assert second["messages"][1]["tool_calls"][0]["id"] == second["messages"][2]["tool_call_id"] == "call_1"


async def test_both_questions_are_in_the_ledger_and_in_the_turn(served: ServedDaemon) -> None:
    served.upstream.enqueue(SUM)
    served.upstream.enqueue(say("4"))
    done = (await served.turn("2 + 2?", tools=["calculate"]))[-1]
    (turn,) = await history(served, done["session"])
    assert (turn["output"], turn["state"], turn["usage"]) == ("4", "done", done["usage"])
    assert done["usage"] == {"input_tokens": 24, "output_tokens": 3, "estimated": False}
    receipt = (await served.get(f"/v1/receipts/{done['receipt']}"))[1]
    assert (receipt["tokens_in"], receipt["cost"], [one["tool"] for one in receipt["tools"]]) == (
        24,
        "0",
        ["calculate"],
    )
    own = (await served.get(f"/v1/receipts/{done['steps'][0]['receipt']}"))[1]
    assert own["tools"] == receipt["tools"] and own["tools"][0]["via"] == "chat"
    usage = (await served.get("/v1/usage"))[1]["items"][0]
    assert (usage["requests"], usage["tokens_in"], usage["tokens_out"]) == (2, 24, 3)


async def test_what_was_called_is_said_again_in_the_next_turn(served: ServedDaemon) -> None:
    served.upstream.enqueue(SUM)
    served.upstream.enqueue(say("4"))
    session = (await served.turn("2 + 2?", tools=["calculate"]))[-1]["session"]
    await served.turn("And?", session=session, tools=["calculate"])
    said = served.upstream.records.last.json["messages"]
    assert [message["role"] for message in said] == ["user", "assistant", "tool", "assistant", "user"]
    await served.turn("And now?", session=session)
    told = served.upstream.records.last.json
    assert "tools" not in told and [message["role"] for message in told["messages"]][:2] == ["user", "assistant"]
    assert '[The tool calculate was called with {"expression": "2 + 2"} and returned:' in told["messages"][0]["content"]
    (copy,) = (
        await served.post("/v1/sessions/import", {"sessions": [(await served.get(f"/v1/sessions/{session}"))[1]]})
    )[1]["items"]
    assert (await history(served, copy["id"]))[0]["steps"][0]["name"] == "calculate"


async def test_calls_of_one_round_have_a_result_each_also_those_that_fail(served: ServedDaemon) -> None:
    served.upstream.enqueue(
        answer(
            Call("calculate", ('{"expression": "1"}',), "a"),
            Call("calculate", ("{not json",), "b"),
            Call("nothing", ("{}",), "c"),
            Call("calculate", ("[]",), "d"),
        )
    )
    served.upstream.enqueue(say("done"))
    events = await served.turn(tools=["calculate"])
    errors = [event["error"] and event["error"]["code"] for event in only(events, "tool.result")]
    assert errors == [None, "invalid_arguments", "tool_not_found", "invalid_arguments"]
    told = served.upstream.records.last.json["messages"]
    assert [message.get("tool_call_id") for message in told if message["role"] == "tool"] == ["a", "b", "c", "d"]
    assert len({step["receipt"] for step in events[-1]["steps"]}) == 4


async def test_of_too_many_calls_that_are_alike_none_is_said_without_a_result(served: ServedDaemon) -> None:
    same = Call("calculate", ('{"expression": "1"}',), "same")
    served.upstream.enqueue(answer(*[same] * (MOST_CALLS + 1)))
    served.upstream.enqueue(say("done"))
    await served.turn(tools=["calculate"])
    spoken, *results = served.upstream.records.last.json["messages"][1:]
    assert len(spoken["tool_calls"]) == len(results) == MOST_CALLS


async def test_it_ends_honestly_where_the_rounds_are_used_up(served: ServedDaemon) -> None:
    served.upstream.script("upstream-small", SUM)
    events = await served.turn(tools=["calculate"], limits={"rounds": 2})
    assert events[-1]["error"]["code"] == "turn_limit_reached" and len(only(events, "tool.result")) == 2
    assert served.upstream.records.last.json["tool_choice"] == "none"
    (turn,) = await history(served, events[0]["session"])
    assert (turn["state"], turn["error"]["code"], len(turn["steps"])) == ("failed", "turn_limit_reached", 2)
    served.upstream.script("upstream-small", say("4"))
    done = (await served.turn("Go on", session=events[0]["session"], tools=["calculate"]))[-1]
    said = served.upstream.records.last.json["messages"]
    assert done["type"] == "done" and said[-2] == {"role": "assistant", "content": "(This answer was broken off.)"}


async def test_a_model_that_goes_in_circles_has_to_answer(served: ServedDaemon) -> None:
    for script in (SUM, SUM, SUM, say("4")):
        served.upstream.enqueue(script)
    events = await served.turn(tools=["calculate"])
    assert events[-1]["message"] == "4" and len(events[-1]["steps"]) == 3
    choices = [asked.json.get("tool_choice") for asked in served.upstream.records]
    assert choices == [None, None, None, "none"]


def test_the_same_call_is_known_by_what_it_says() -> None:
    def step(arguments: str = '{"a": 1}', result: str = "x") -> ToolStep:
        return ToolStep(
            round=1, call="c", name="look", arguments=arguments, said="", ok=True, result=result, receipt="r", ms=0
        )

    assert goes_in_circles([step(), step('{"a":1}'), step()])
    assert not goes_in_circles([step(), step()]) and not goes_in_circles([step(), step('{"a": 2}'), step()])
    polled = [step(result=str(number)) for number in range(5)]
    assert goes_in_circles(polled) and not goes_in_circles(polled[:4])


async def test_a_tool_of_a_set_is_refused_where_it_cannot_be_called(served: ServedDaemon) -> None:
    for more, status, code in (
        ({"tools": ["calculat"]}, 404, "tool_not_found"),
        ({"toolset": "nothing"}, 404, "not_found"),
        ({"tools": ["calculate"], "limits": {"rounds": 0}}, 400, "invalid_request"),
        ({"tools": ["calculate"], "limits": {"cost": "much"}}, 400, "invalid_request"),
    ):
        reply = await served.post("/v1/sessions/new/turns", {"input": "x", **more})
        assert (reply[0], reply[1]["error"]["code"]) == (status, code)
    assert (await served.get("/v1/sessions"))[1]["items"] == []


async def test_what_needs_an_approval_is_refused_where_nobody_is_asked(served: ServedDaemon) -> None:
    served.upstream.enqueue(FORGET)
    events = await served.turn(tools=["memory_clear"])
    assert only(events, "tool.result")[0]["error"]["code"] == "approval_denied"
    assert (await served.get("/v1/approvals"))[1]["items"] == []


@pytest.mark.parametrize(("verdict", "ok"), [("granted", True), ("denied", False)])
async def test_a_call_waits_until_the_person_has_answered(served: ServedDaemon, verdict: str, ok: bool) -> None:
    served.upstream.enqueue(FORGET)
    turn = asyncio.create_task(served.turn(tools=["memory_clear"], approve="ask"))
    waiting = await until(lambda: served.get("/v1/approvals"))
    assert (waiting["tool"], waiting["asker"].startswith("a model for ")) == ("memory_clear", True)
    assert (await served.post(f"/v1/approvals/{waiting['id']}", {"verdict": verdict}))[0] == 200
    events = await turn
    (asked,), (result,) = only(events, "tool.approval"), only(events, "tool.result")
    assert asked["approval"] == waiting["id"] and json.loads(asked["arguments"])["older_than_days"] == 1
    assert result["ok"] is ok and events[-1]["type"] == "done"
    assert ok or result["error"]["code"] == "approval_denied"


async def until(ask: Callable) -> dict:
    """The first item of a list, as soon as there is one."""
    for _ in range(200):
        if items := (await ask())[1]["items"]:
            return items[0]
        await asyncio.sleep(0.01)
    raise AssertionError("nothing came")


async def test_only_the_owner_agrees_beforehand(served: ServedDaemon) -> None:
    served.upstream.enqueue(FORGET)
    events = await served.turn(tools=["memory_clear"], approve="always")
    assert only(events, "tool.result")[0]["ok"] and not only(events, "tool.approval")
    token = await served.token("sessions", "inference", "tools", "tools:write")
    wanted = {"input": "x", "tools": ["memory_clear"], "approve": "always"}
    status, body = await served.over_http("POST", "/v1/sessions/new/turns", token, json=wanted)
    assert (status, body["error"]["code"]) == (403, "forbidden")


async def test_a_model_has_no_more_rights_than_its_tools_need(served: ServedDaemon) -> None:
    """The owner's own model: through `tool_call` it reaches others, and what is an admin's is still asked for."""
    served.upstream.enqueue(call("tool_call", '{"name": "config_set", "arguments": {}}'))
    served.upstream.enqueue(call("tool_call", '{"name": "calculate", "arguments": {"expression": "3"}}'))
    events = await served.turn(toolset="search")
    first, second = only(events, "tool.result")
    served.upstream.enqueue(call("whoami", "{}"))
    (own,) = only(await served.turn(tools=["whoami"]), "tool.result")
    told = json.loads(own["result"])
    assert (told["kind"], told["role"], told["via"], told["scopes"]) == ("model", "user", "chat", ["tools"])
    assert not first["ok"] and (second["ok"], second["name"]) == (True, "calculate")
    assert events[-1]["steps"][1]["name"] == "tool_call"


async def test_a_client_that_leaves_cancels_the_tool_and_the_turn_says_so(served: ServedDaemon) -> None:
    served.upstream.enqueue(FORGET)
    wanted = {"input": "go", "tools": ["memory_clear"], "approve": "ask"}
    async with served.client.post("http://triforced/v1/sessions/new/turns", json=wanted) as reply:
        seen = b""
        while b"tool.approval" not in seen:
            seen += await reply.content.readany()
    session = events_of(seen.decode())[0]["session"]
    for _ in range(100):
        (turn,) = await history(served, session)
        if turn["state"] != "running":
            break
        await asyncio.sleep(0.01)
    assert turn["state"] == "interrupted"
    assert [(step["ok"], step["result"]) for step in turn["steps"]] == [(False, "The call was cancelled.")]


async def test_a_tool_that_chats_counts_its_tokens_and_no_second_request(served: ServedDaemon) -> None:
    login = await served.user(limits={"requests_per_minute": 1, "parallel": 0, "tokens_per_day": 0})
    served.upstream.enqueue(call("chat", '{"message": "Say hello", "model": "scripted/small"}'))
    served.upstream.enqueue(say("inner"))
    served.upstream.enqueue(say("outer"))
    headers = {"authorization": f"Bearer {login['access_token']}"}
    async with served.http_client() as client:
        wanted = {"input": "x", "model": "scripted/small", "tools": ["chat"]}
        async with client.post("/v1/sessions/new/turns", json=wanted, headers=headers) as reply:
            events = events_of(await reply.text())
            assert events[-1]["type"] == "done", events
        async with client.post("/v1/sessions/new/turns", json=wanted, headers=headers) as reply:
            assert events_of(await reply.text())[-1]["error"]["code"] == "too_many_requests"
    assert events[-1]["usage"]["input_tokens"] == 36 and len(served.upstream.records) == 3


async def test_tools_work_where_the_owner_stands_and_nobody_else_names_a_folder(
    served: ServedDaemon, folder: str
) -> None:
    os.mkdir(f"{folder}/project")
    with open(f"{folder}/project/a.py", "w") as file:
        file.write("x = 42\n")
    reading = call("code_read", '{"path": "a.py"}')
    served.upstream.enqueue(reading)
    first = await served.turn(tools=["code_read"], cwd=f"{folder}/project")
    assert "x = 42" in only(first, "tool.result")[0]["result"]
    served.upstream.enqueue(reading)
    again = await served.turn(session=first[0]["session"], tools=["code_read"])
    assert only(again, "tool.result")[0]["ok"], "the conversation's own folder"
    served.upstream.enqueue(reading)
    token = await served.token("sessions", "inference", "tools")
    wanted = {"input": "x", "model": "scripted/small", "tools": ["code_read"], "cwd": f"{folder}/project"}
    async with (
        served.http_client(token) as client,
        client.post("/v1/sessions/new/turns", json=wanted) as reply,
    ):
        events = events_of(await reply.text())
    assert only(events, "tool.result")[0]["error"]["code"] == "path_refused"


async def test_calls_without_measure_end_the_turn(served: ServedDaemon) -> None:
    much = json.dumps({"expression": "1" * 900_000})
    served.upstream.enqueue(answer(*[part for n in range(9) for part in call("calculate", much, id=f"c{n}").parts]))
    events = await served.turn(tools=["calculate"])
    assert events[-1]["error"]["code"] == "turn_limit_reached" and len(served.upstream.records) == 1
