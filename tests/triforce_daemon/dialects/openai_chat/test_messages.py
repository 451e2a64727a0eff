"""Messages, where they are not as simple as in a request's own test."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import ImagePart, Message, Part, TextPart, ToolResultPart
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.messages import read_messages, write_messages
from triforce_daemon.errors import InvalidRequest

PICTURE = ImagePart(type="image", media_type="image/png", data="iVBOR", url=None)


def text(words: str) -> TextPart:
    return TextPart(type="text", text=words)


def result(id: str, *content: TextPart | ImagePart, failed: bool = False) -> ToolResultPart:
    return ToolResultPart(type="tool_result", id=id, name=None, content=[*content], failed=failed)


def written(*messages: Message) -> tuple[list[dict[str, Any]], list[str]]:
    losses = Losses()
    return write_messages([*messages], losses), losses.names()


def test_pictures_in_results_follow_as_the_users() -> None:
    messages, lost = written(
        Message(role="tool", parts=[result("a", text("one"), PICTURE)]),
        Message(role="tool", parts=[result("b", text("two"))]),
        Message(role="assistant", parts=[text("I see.")]),
    )
    assert [message["role"] for message in messages] == ["tool", "tool", "user", "assistant"]
    assert messages[2]["content"][0]["type"] == "image_url"
    assert lost == []


def test_pictures_in_the_last_result_are_not_forgotten() -> None:
    messages, _ = written(Message(role="tool", parts=[result("a", PICTURE)]))
    assert [message["role"] for message in messages] == ["tool", "user"]
    assert messages[0]["content"] == ""


def test_results_stand_before_what_the_user_says() -> None:
    messages, lost = written(Message(role="user", parts=[text("And?"), result("a", text("one"), failed=True)]))
    assert messages == [
        {"role": "tool", "tool_call_id": "a", "content": "one"},
        {"role": "user", "content": "And?"},
    ]
    assert lost == ["tool_result.failed"]


def test_own_thoughts_are_given_back_and_others_are_not() -> None:
    own: Part = {"type": "thinking", "text": "hm", "signature": None, "origin": "openai_chat"}
    other: Part = {"type": "thinking", "text": "hm", "signature": "s", "origin": "anthropic"}
    messages, lost = written(Message(role="assistant", parts=[own, other, text("a")]))
    assert messages == [{"role": "assistant", "content": "a", "reasoning_content": "hm"}]
    assert lost == ["messages[].thinking"]


def test_an_assistant_has_no_pictures() -> None:
    messages, lost = written(Message(role="assistant", parts=[PICTURE]))
    assert messages == [{"role": "assistant", "content": None}]
    assert lost == ["messages[].image"]


def test_a_call_keeps_its_text_and_loses_its_signature() -> None:
    call: Part = {"type": "tool_call", "id": "c", "name": "f", "arguments": '{ "a":1}', "signature": "s"}
    messages, lost = written(Message(role="assistant", parts=[call]))
    assert messages[0]["tool_calls"][0]["function"] == {"name": "f", "arguments": '{ "a":1}'}
    assert lost == ["tool_call.signature"]


def test_what_one_dialect_knows_of_a_message_is_given_back_or_named() -> None:
    message: dict[str, Any] = {"role": "user", "content": "a", "name": "ann"}
    assert written(*read_messages({"messages": [message]})) == ([message], [])
    foreign = Message(role="user", parts=[text("a")], extras={"anthropic": {"weight": 1}})
    assert written(foreign) == ([{"role": "user", "content": "a"}], ["weight"])


def test_a_custom_call_is_a_function_with_one_argument() -> None:
    call = {"id": "c", "type": "custom", "custom": {"name": "patch", "input": "a\nb"}}
    (message,) = read_messages({"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]})
    assert message["parts"] == [{"type": "tool_call", "id": "c", "name": "patch", "arguments": '{"input":"a\\nb"}'}]


def test_thoughts_and_refusals_of_a_message_are_read() -> None:
    said = {"role": "assistant", "content": None, "reasoning": "hm", "refusal": "no"}
    (message,) = read_messages({"messages": [said]})
    assert [part["type"] for part in message["parts"]] == ["thinking", "refusal"]


def test_a_message_that_is_only_a_text_is_read_as_any_other() -> None:
    """Most are: they are read in a shorter way, and what more they hold, even if it says nothing, in the longer one."""
    for role in ("system", "developer", "user", "assistant"):
        plain: dict[str, Any] = {"role": role, "content": "a"}
        (short,) = read_messages({"messages": [plain]})
        (long,) = read_messages({"messages": [{**plain, "tool_calls": None}]})
        assert short == long == {"role": "system" if role == "developer" else role, "parts": [text("a")]}
        (empty,) = read_messages({"messages": [{"role": role, "content": ""}]})
        assert empty["parts"] == []


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ([], r"`messages\[1\]` must be an object"),
        ({}, r"`messages\[1\].role` must be text"),
        ({"role": ["user"], "content": "a"}, r"`messages\[1\].role` must be text"),
        ({"role": "clerk", "content": "a"}, r"`messages\[1\].role` must be system, "),
        ({"role": "user", "content": 7}, r"`messages\[1\].content` must be a list"),
        ({"role": "tool", "content": "a"}, r"`messages\[1\].tool_call_id` must be text"),
        ({"role": "function", "content": "a"}, r"`messages\[1\].name` must be text"),
    ],
)
def test_what_is_wrong_with_a_message_is_told_by_its_place(message: object, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        read_messages({"messages": [{"role": "user", "content": "a"}, message, 3]})
