"""Messages, where they are not as simple as in a request's own test."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Message, Part, TextPart
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.ollama.messages import read_messages, write_messages


def call(name: str, arguments: Any) -> dict[str, Any]:
    return {"function": {"name": name, "arguments": arguments}}


def text(words: str) -> TextPart:
    return TextPart(type="text", text=words)


def ids(*messages: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Id and name of each call and each result."""
    return [
        (part["id"], part["name"])
        for message in read_messages({"messages": [*messages]})
        for part in message["parts"]
        if part["type"] == "tool_call" or part["type"] == "tool_result"
    ]


def said(*calls: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": "", "tool_calls": [*calls]}


def result(**more: Any) -> dict[str, Any]:
    return {"role": "tool", "content": "a", **more}


def test_calls_without_ids_are_counted_through_the_conversation() -> None:
    assert ids(said(call("f", {}), call("g", {})), result(), result(), said(call("f", {})), result()) == [
        ("call_0", "f"),
        ("call_1", "g"),
        ("call_0", "f"),
        ("call_1", "g"),
        ("call_2", "f"),
        ("call_2", "f"),
    ]


def test_results_go_by_name_where_they_have_one() -> None:
    both = said(call("f", {}), call("g", {}), call("f", {}))
    assert ids(both, result(tool_name="g"), result(tool_name="f"), result(tool_name="f"))[3:] == [
        ("call_1", "g"),
        ("call_0", "f"),
        ("call_2", "f"),
    ]


def test_and_by_id_where_they_have_one() -> None:
    both = said({"id": "x", **call("f", {})}, {"id": "y", **call("f", {})})
    assert ids(both, result(tool_call_id="y"), result(tool_call_id="x"))[2:] == [("y", "f"), ("x", "f")]


def test_a_result_without_a_call_is_kept() -> None:
    assert ids(result(tool_name="f"), result(tool_call_id="z")) == [("call_0", "f"), ("z", None)]


@pytest.mark.parametrize(
    ("arguments", "text"), [({"a": 1}, '{"a":1}'), ('{ "a":1}', '{ "a":1}'), (None, "{}"), ({}, "{}")]
)
def test_arguments_are_an_object_or_its_text(arguments: Any, text: str) -> None:
    (message,) = read_messages({"messages": [said(call("f", arguments))]})
    part = message["parts"][0]
    assert part["type"] == "tool_call" and part["arguments"] == text


def written(*messages: Message) -> tuple[list[dict[str, Any]], list[str]]:
    losses = Losses()
    return write_messages([*messages], losses), losses.names()


def test_results_stand_before_what_the_user_says() -> None:
    result: Part = {"type": "tool_result", "id": "c", "name": None, "content": [text("one")], "failed": True}
    asked: Part = {"type": "tool_call", "id": "c", "name": "f", "arguments": "oops", "signature": "s"}
    messages, lost = written(
        Message(role="assistant", parts=[asked]), Message(role="user", parts=[text("And?"), result])
    )
    assert messages[0]["tool_calls"] == [{"id": "c", "function": {"name": "f", "arguments": {"arguments": "oops"}}}]
    assert messages[1:] == [
        {"role": "tool", "content": "one", "tool_name": "f", "tool_call_id": "c"},
        {"role": "user", "content": "And?"},
    ]
    assert lost == ["tool_call.signature", "tool_result.failed"]


def test_parts_of_a_client_are_paragraphs() -> None:
    parts: list[Part] = [text("a"), text("b")]
    messages, _ = written(Message(role="user", parts=parts), Message(role="assistant", parts=parts))
    assert [message["content"] for message in messages] == ["a\n\nb", "ab"]


def test_what_cannot_be_said_is_named() -> None:
    parts: list[Part] = [
        {"type": "image", "media_type": None, "data": None, "url": "https://a.b/c.png"},
        {"type": "file", "media_type": "application/pdf", "name": None, "data": "JVBE", "url": None},
        {"type": "foreign", "origin": "anthropic", "value": {"type": "server_tool_use"}},
        {"type": "thinking", "text": "hm", "signature": "s", "origin": "anthropic"},
        {"type": "refusal", "text": "no"},
        {"type": "text", "text": "a", "extras": {"anthropic": {"citations": []}}},
    ]
    messages, lost = written(Message(role="assistant", parts=parts))
    assert messages == [{"role": "assistant", "content": "noa"}]
    assert lost == ["image.url", "file", "server_tool_use", "messages[].thinking", "citations"]


def test_an_empty_message_stays_one() -> None:
    assert written(Message(role="user", parts=[]))[0] == [{"role": "user", "content": ""}]


def test_roles_may_be_capitals() -> None:
    assert read_messages({"messages": [{"role": "User", "content": "a"}]})[0]["role"] == "user"
