"""Conversations, both ways."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import conversations, messages_by_value
from triforce_daemon.dialects.anthropic.messages import read_messages, write_messages
from triforce_daemon.dialects.canonical import Message, Part
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

CALL = {"type": "tool_use", "id": "t1", "name": "weather", "input": {"city": "Rome"}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": "sunny"}

BODY: dict[str, Any] = {
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "Weather in Rome?"},
        {"role": "assistant", "content": [CALL]},
        {"role": "user", "content": [RESULT, {"type": "text", "text": "And?"}]},
        {"role": "assistant", "content": "Sunny."},
    ],
}


def text(said: str) -> Part:
    return {"type": "text", "text": said}


def test_a_conversation_is_read() -> None:
    call: Part = {"type": "tool_call", "id": "t1", "name": "weather", "arguments": '{"city":"Rome"}'}
    result: Part = {"type": "tool_result", "id": "t1", "name": "weather", "content": [], "failed": False}
    result["content"] = [{"type": "text", "text": "sunny"}]
    assert read_messages(BODY) == [
        Message(role="system", parts=[text("Be brief.")]),
        Message(role="user", parts=[text("Weather in Rome?")]),
        Message(role="assistant", parts=[call]),
        Message(role="tool", parts=[result]),
        Message(role="user", parts=[text("And?")]),
        Message(role="assistant", parts=[text("Sunny.")]),
    ]


def test_a_conversation_is_written() -> None:
    losses = Losses()
    assert write_messages(read_messages(BODY), losses, system_midway=False) == BODY
    assert losses.names() == []


def test_results_come_in_the_order_of_the_message() -> None:
    body = {"messages": [{"role": "user", "content": [{"type": "text", "text": "So:"}, RESULT]}]}
    assert [message["role"] for message in read_messages(body)] == ["user", "tool"]


@given(conversations("anthropic"))
def test_what_is_written_is_read_again(messages: list[Message]) -> None:
    losses = Losses()
    body = write_messages(messages, losses, system_midway=False)
    assert losses.names() == []
    assert messages_by_value(read_messages(orjson.loads(orjson.dumps(body)))) == messages_by_value(messages)


def system(said: str) -> Message:
    return Message(role="system", parts=[text(said)])


def user(said: str) -> Message:
    return Message(role="user", parts=[text(said)])


def test_instructions_on_the_way() -> None:
    messages = [
        system("A"),
        user("1"),
        system("B"),
        system("C"),
        Message(role="assistant", parts=[text("2")]),
        system("D"),
    ]
    old = write_messages(messages, Losses(), system_midway=False)
    assert [block["text"] for block in old["system"]] == ["A", "B", "C", "D"]
    assert [message["role"] for message in old["messages"]] == ["user", "assistant"]
    new = write_messages(messages, Losses(), system_midway=True)
    assert [block["text"] for block in new["system"]] == ["A", "D"]
    assert [message["role"] for message in new["messages"]] == ["user", "system", "assistant"]
    assert [block["text"] for block in new["messages"][1]["content"]] == ["B", "C"]
    assert [message["role"] for message in read_messages(new)] == ["system", "user", "system", "assistant"]


def result(id: str) -> Message:
    part: Part = {"type": "tool_result", "id": id, "name": None, "content": [], "failed": False}
    return Message(role="tool", parts=[part])


def test_results_stand_together_and_first() -> None:
    messages = [user("wait"), result("a"), result("b")]
    [message] = write_messages(messages, Losses(), system_midway=False)["messages"]
    assert [block["type"] for block in message["content"]] == ["tool_result", "tool_result", "text"]
    assert [block["tool_use_id"] for block in message["content"][:2]] == ["a", "b"]


def test_a_message_without_content_is_left_out() -> None:
    body = write_messages([user("1"), Message(role="assistant", parts=[]), user("2")], Losses(), system_midway=False)
    assert body["messages"] == [{"role": "user", "content": [{"type": "text", "text": t} for t in ("1", "2")]}]


def test_what_only_this_dialect_says_of_a_message_is_given_back() -> None:
    body = {"messages": [{"role": "user", "content": "a", "effort": "low"}]}
    [message] = read_messages(body)
    assert message.get("extras") == {"anthropic": {"effort": "low"}}
    assert write_messages([message], Losses(), system_midway=False) == body


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "messages"),
        ({"messages": []}, "messages"),
        ({"messages": {}}, "messages"),
        ({"messages": ["hi"]}, r"messages\[0\]"),
        ({"messages": [{"content": "hi"}]}, r"messages\[0\].role"),
        ({"messages": [{"role": "tool", "content": "hi"}]}, r"messages\[0\].role"),
        ({"messages": [{"role": "user"}]}, r"messages\[0\].content"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, r"messages\[0\].content\[0\].text"),
        ({"system": 7, "messages": [{"role": "user", "content": "a"}]}, "system"),
    ],
)
def test_mistakes_are_named(body: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_messages(body)
