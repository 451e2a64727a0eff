"""Tools through the daemon: listed, shown, found, called, and refused."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon, events_of


async def run(served: ServedDaemon, tool: str, /, **arguments: object) -> dict:
    status, result = await served.post(f"/v1/tools/{tool}/run", {"arguments": arguments})
    assert status == 200, result
    return result


async def test_a_tool_is_called_with_arguments(served: ServedDaemon) -> None:
    result = await run(served, "calculate", expression="2 ** 0.5", precision=5)
    assert result["ok"] and result["value"]["value"] == "1.4142"
    assert result["receipt"] and result["error"] is None


async def test_a_tool_is_called_with_words(served: ServedDaemon) -> None:
    status, result = await served.post("/v1/tools/calculate/run", {"words": ["precision=3", "1", "/", "3"]})
    assert (status, result["value"]["value"]) == (200, "0.333")


async def test_arguments_that_come_in_chunks_are_not_lost(served: ServedDaemon) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"arguments": {"expression": '
        yield b'"6 * 7"}}'

    headers = {"content-type": "application/json"}
    status, result = await served.call("POST", "/v1/tools/calculate/run", data=pieces(), headers=headers)
    assert (status, result["error"], result["value"]["value"]) == (200, None, "42")


async def test_what_does_not_fit_is_the_tools_own_error(served: ServedDaemon) -> None:
    missing = await run(served, "calculate")
    assert missing["error"]["code"] == "invalid_arguments" and "expression is missing" in missing["error"]["message"]
    more = await run(served, "calculate", expression="1", digits=3)
    assert "no argument digits" in more["error"]["message"] and "precision" in more["error"]["hint"]
    wrong = await run(served, "calculate", expression="1", precision="many")
    assert wrong["error"]["message"].startswith("The argument precision does not fit")


async def test_an_unknown_tool_names_those_that_look_like_it(served: ServedDaemon) -> None:
    result = await run(served, "calculat")
    assert result["error"]["code"] == "tool_not_found" and "calculate" in result["error"]["near"]


async def test_a_former_name_still_calls_it(served: ServedDaemon) -> None:
    assert (await run(served, "list_models"))["tool"] == "models"


async def test_the_list_is_what_the_caller_may_call(served: ServedDaemon) -> None:
    _, mine = await served.get("/v1/tools")
    names = [item["name"] for item in mine["items"]]
    assert "whoami" in names and len(names) == len(set(names))
    token = await served.token("read")
    status, theirs = await served.over_http("GET", "/v1/tools", token)
    assert (status, theirs["items"]) == (200, [])
    _, every = await served.over_http("GET", "/v1/tools?every=true", token)
    assert len(every["items"]) == len(names)
    assert all(not item["available"] and item["reason"] and item["fix"] for item in every["items"])


async def test_a_toolset_narrows(served: ServedDaemon) -> None:
    _, listed = await served.get("/v1/tools", toolset="utilities")
    assert {item["category"] for item in listed["items"]} == {"utilities"}
    status, reply = await served.get("/v1/tools", toolset="nothing")
    assert status == 404 and "utilities" in reply["error"]["hint"]


async def test_a_tool_is_shown_with_its_schemas(served: ServedDaemon) -> None:
    _, shown = await served.get("/v1/tools/calculate")
    assert shown["input_schema"]["required"] == ["expression"]
    assert shown["input_schema"]["additionalProperties"] is False
    precision = next(one for one in shown["parameters"] if one["name"] == "precision")
    assert precision == {
        "name": "precision",
        "type": "integer 1..100",
        "required": False,
        "default": 15,
        "description": "significant digits",
    }
    assert shown["output_schema"]["required"] == ["value", "steps"]
    assert "title" not in json.dumps(shown["input_schema"])
    assert shown["usage"] == "triforce tools run calculate expression=EXPRESSION"


@pytest.mark.parametrize(
    ("query", "wanted"), [("what time is it in Tokyo", "current_time"), ("Wie spät ist es?", "current_time")]
)
async def test_a_tool_is_found_by_what_people_say(served: ServedDaemon, query: str, wanted: str) -> None:
    _, found = await served.get("/v1/tools/search", query=query)
    assert found["items"][0]["name"] == wanted


async def test_who_wants_a_stream_gets_the_result_as_its_last_event(served: ServedDaemon) -> None:
    async with served.client.post(
        "http://triforced/v1/tools/calculate/run",
        json={"arguments": {"expression": "6*7"}, "stream": True},
    ) as reply:
        events = events_of(await reply.text())
    assert events[-1]["type"] == "done" and events[-1]["value"]["value"] == "42"


async def test_a_token_without_the_scope_calls_nothing(served: ServedDaemon) -> None:
    token = await served.token("inference")
    status, reply = await served.over_http("POST", "/v1/tools/whoami/run", token, json={})
    assert (status, reply["error"]["code"]) == (403, "forbidden")
    token = await served.token("tools", name="other")
    status, reply = await served.over_http("POST", "/v1/tools/whoami/run", token, json={})
    assert reply["value"]["caller"] == "token/other" and reply["value"]["role"] == "user"


async def test_who_may_call_no_tools_is_shown_none(served: ServedDaemon) -> None:
    token = await served.token("inference", "memory", "sessions")
    status, listed = await served.over_http("GET", "/v1/tools", token)
    assert (status, listed["items"]) == (200, [])
    turn = {"input": "hi", "tools": ["chat"]}
    status, refused = await served.over_http("POST", "/v1/sessions/new/turns", token, json=turn)
    assert (status, refused["error"]["code"]) == (403, "forbidden")
