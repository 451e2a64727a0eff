"""A request with tools, asked of those who know none."""

from typing import Any

import pytest
from hypothesis import given, settings

from tests.triforce_daemon.dialects.canonical_values import conversations, tools
from triforce_daemon.dialects.canonical import Message, Request, Tool
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.tool_emulation.asking import applies, asked

WEATHER = Tool(
    name="get_weather",
    description="Get the weather.",
    schema={"type": "object", "properties": {"city": {"type": "string", "minLength": 1}}, "required": ["city"]},
)
NOW = Tool(name="now", description=None, schema={})
HI = Message(role="user", parts=[{"type": "text", "text": "hi"}])


def request(*messages: Message, **more: Any) -> Request:
    return Request("m", list(messages) or [HI], **{"tools": [WEATHER, NOW], **more})


def forms(of: Request) -> list[str]:
    """What the answer may be: by the name of a called tool, or by the only field."""
    assert of.output is not None
    schema = of.output.get("schema", {})
    return [form["properties"].get("name", {}).get("const") or form["required"][0] for form in schema["anyOf"]]


def words(message: Message) -> str:
    return "".join(part["text"] for part in message["parts"] if part["type"] == "text")


def test_the_tools_are_told_in_the_systems_words() -> None:
    told = asked(request(Message(role="system", parts=[{"type": "text", "text": "Be brief."}]), HI))
    system = words(told.messages[0])
    assert system.startswith("Be brief.")
    assert "- get_weather: Get the weather." in system and '"minLength":1' in system
    assert told.messages[1:] == [HI]
    assert (told.tools, told.tool_choice, told.parallel_tool_calls) == ([], None, None)


def test_without_a_system_message_there_is_one() -> None:
    assert [message["role"] for message in asked(request()).messages] == ["system", "user"]


def test_the_choice_decides_on_the_form() -> None:
    assert forms(asked(request())) == ["get_weather", "now", "answer"]
    assert forms(asked(request(tool_choice={"mode": "auto"}))) == ["get_weather", "now", "answer"]
    assert forms(asked(request(tool_choice={"mode": "required"}))) == ["get_weather", "now"]
    assert forms(asked(request(tool_choice={"mode": "one", "name": "now"}))) == ["now"]
    assert forms(asked(request(parallel_tool_calls=True))) == ["calls", "answer"]
    none = asked(request(tool_choice={"mode": "none"}))
    assert (none.output, none.messages) == (None, [HI])
    with pytest.raises(InvalidRequest, match="nope"):
        asked(request(tool_choice={"mode": "one", "name": "nope"}))


def test_what_the_answer_must_be_it_still_must_be() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "integer"}}}
    output = asked(request(output={"type": "schema", "schema": schema})).output
    assert output is not None
    answer = output.get("schema", {})["$defs"]["answer"]
    assert answer["properties"]["a"] == {"$ref": "#/$defs/answer/$defs/A"}
    output = asked(request(output={"type": "json"})).output
    assert output is not None and output.get("schema", {})["$defs"]["answer"] == {"type": "object"}


def test_calls_and_results_are_told_as_text() -> None:
    call: Any = {"type": "tool_call", "id": "c1", "name": "get_weather", "arguments": '{"city":\n"Paris"}'}
    empty: Any = {"type": "tool_call", "id": "c2", "name": "now", "arguments": ""}
    sunny = {"type": "text", "text": "sunny"}
    results: list[Any] = [
        {"type": "tool_result", "id": "c1", "name": None, "content": [sunny], "failed": False},
        {"type": "tool_result", "id": "c2", "name": "now", "content": [], "failed": True},
    ]
    said: Any = {"type": "text", "text": "I look."}
    told = asked(
        request(
            HI,
            Message(role="assistant", parts=[said, call]),
            Message(role="tool", parts=results[:1]),
            Message(role="assistant", parts=[call, empty]),
            Message(role="tool", parts=results),
            HI,
        )
    ).messages[1:]
    assert [message["role"] for message in told] == ["user", "assistant", "user", "assistant", "user"]
    assert words(told[1]) == 'I look.\n{"name": "get_weather", "arguments": {"city": "Paris"}}'
    assert words(told[2]) == "get_weather returned:\nsunny\n"
    assert words(told[3]).startswith('{"calls": [{"name": "get_weather"') and '"arguments": {}}]}' in words(told[3])
    assert words(told[4]) == "get_weather returned:\nsunny\nnow failed:\n\nhi"


def test_after_a_result_it_is_told_to_go_on() -> None:
    call: Any = {"type": "tool_call", "id": "c1", "name": "now", "arguments": "{}"}
    result: Any = {"type": "tool_result", "id": "c1", "name": None, "content": [], "failed": False}
    history = (HI, Message(role="assistant", parts=[call]), Message(role="tool", parts=[result]))
    assert words(asked(request(*history)).messages[-1]).endswith('Now write {"answer": …}, or call another tool.')
    for quiet in (
        request(*history, tool_choice={"mode": "required"}),
        request(*history, HI),
        request(*history, tools=[]),
    ):
        assert "Now write" not in words(asked(quiet).messages[-1])


def test_a_history_with_tools_is_told_also_where_there_are_none_any_more() -> None:
    call: Any = {"type": "tool_call", "id": "c1", "name": "now", "arguments": "{}"}
    later = request(HI, Message(role="assistant", parts=[call]), tools=[])
    assert applies(later)
    told = asked(later)
    assert told.output is None and words(told.messages[1]).startswith('{"name": "now"')
    assert not applies(request(tools=[]))


@settings(max_examples=25)
@given(conversations("openai_chat"), tools())
def test_no_call_and_no_result_is_left(messages: list[Message], known: list[Tool]) -> None:
    told = asked(Request("m", messages, tools=known))
    assert not applies(told)
    assert all(tool["name"] in words(told.messages[0]) for tool in known)
    roles = [message["role"] for message in told.messages]
    assert "tool" not in roles


def test_who_has_called_and_may_call_no_more_is_held_to_an_answer() -> None:
    call = Message(role="assistant", parts=[{"type": "tool_call", "id": "c", "name": "now", "arguments": "{}"}])
    result = Message(
        role="tool",
        parts=[
            {
                "type": "tool_result",
                "id": "c",
                "name": "now",
                "content": [{"type": "text", "text": "12"}],
                "failed": False,
            }
        ],
    )
    told = asked(request(HI, call, result, tool_choice={"mode": "none"}))
    assert forms(told) == ["answer"] and told.tools == []
    assert words(told.messages[-1]).endswith('Now write {"answer": …}, without another call.')
