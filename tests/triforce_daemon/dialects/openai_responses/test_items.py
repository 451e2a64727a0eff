"""Items, where they are not as simple as in a request's own test."""

from typing import Any

from triforce_daemon.dialects.canonical import Message, Part, TextPart, Tool
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_responses.items import read_items, read_reasoning, write_items

PATCH = Tool(name="patch", description=None, schema={}, freeform={})


def text(words: str) -> TextPart:
    return TextPart(type="text", text=words)


def written(*messages: Message, tools: list[Tool] | None = None) -> tuple[list[dict[str, Any]], list[str]]:
    losses = Losses()
    return write_items([*messages], tools or [], losses), losses.names()


def test_what_the_model_says_in_a_row_is_one_message() -> None:
    said: list[dict[str, Any]] = [
        {"role": "assistant", "content": "a"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
    ]
    (message,) = read_items({"input": said})
    assert [part["type"] for part in message["parts"]] == ["text", "tool_call", "refusal"]
    assert [item["type"] for item in written(message)[0]] == ["message", "function_call", "message"]


def test_calls_with_free_text_come_back() -> None:
    items = [
        {"type": "custom_tool_call", "call_id": "c", "name": "patch", "input": "a\nb"},
        {"type": "custom_tool_call_output", "call_id": "c", "output": "done"},
    ]
    messages = read_items({"input": items})
    assert messages[0]["parts"][0] == {
        "type": "tool_call",
        "id": "c",
        "name": "patch",
        "arguments": '{"input":"a\\nb"}',
    }
    assert written(*messages, tools=[PATCH]) == (items, [])
    assert [item["type"] for item in written(*messages)[0]] == ["function_call", "function_call_output"]


def test_a_result_knows_the_name_of_its_call() -> None:
    items = [
        {"type": "function_call", "call_id": "c", "name": "open", "namespace": "agents", "arguments": ""},
        {"type": "function_call_output", "call_id": "c", "output": "a"},
    ]
    result = read_items({"input": items})[1]["parts"][0]
    assert result["type"] == "tool_result" and result["name"] == "agents__open"


def test_results_lose_what_has_no_place() -> None:
    result: Part = {"type": "tool_result", "id": "c", "name": None, "content": [], "failed": True}
    items, lost = written(Message(role="user", parts=[result, text("And?")], extras={"anthropic": {"weight": 1}}))
    assert [item["type"] for item in items] == ["function_call_output", "message"]
    assert (items[0]["output"], items[1]["role"]) == ("", "user")
    assert lost == ["weight", "tool_result.failed"]


def test_only_own_signed_thoughts_are_given_back() -> None:
    thoughts: list[Part] = [
        {"type": "thinking", "text": "a", "signature": "s", "origin": "openai_responses", "id": "rs_1"},
        {"type": "thinking", "text": "", "signature": "s", "origin": "openai_responses", "redacted": True},
        {"type": "thinking", "text": "c", "signature": None, "origin": "openai_responses"},
        {"type": "thinking", "text": "d", "signature": "s", "origin": "anthropic"},
    ]
    items, lost = written(Message(role="assistant", parts=thoughts))
    assert [(item.get("id"), item["summary"], item["encrypted_content"]) for item in items] == [
        ("rs_1", [{"type": "summary_text", "text": "a"}], "s"),
        (None, [], "s"),
    ]
    assert lost == ["messages[].thinking"]
    assert read_items({"input": items})[0]["parts"] == thoughts[:2]


def test_reasoning_is_its_summary_or_else_itself() -> None:
    summary = [{"type": "summary_text", "text": "a"}, {"type": "summary_text", "text": "b"}]
    content = [{"type": "reasoning_text", "text": "c"}]
    assert read_reasoning({"summary": summary, "content": content}, "p")["text"] == "a\n\nb"
    assert read_reasoning({"summary": [], "content": content}, "p")["text"] == "c"


def test_items_of_the_server_are_given_back_to_it_alone() -> None:
    item: dict[str, Any] = {"type": "item_reference", "id": "x"}
    (message,) = read_items({"input": [item]})
    assert written(message) == ([item], [])
    foreign: Part = {"type": "foreign", "origin": "gemini", "value": {"executableCode": {}}}
    assert written(Message(role="assistant", parts=[foreign])) == ([], ["part"])


def test_a_call_loses_what_only_another_dialect_knows() -> None:
    call: Part = {"type": "tool_call", "id": "c", "name": "f", "arguments": "{}", "signature": "s"}
    assert written(Message(role="assistant", parts=[call]))[1] == ["tool_call.signature"]
