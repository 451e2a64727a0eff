"""Requests to /api/chat, both ways."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import conversations, damaged, messages_by_value, tools
from triforce_daemon.dialects.canonical import Message, OutputFormat, Request, Thinking, Tool
from triforce_daemon.dialects.ollama.request import read_request, replace_model, write_request
from triforce_daemon.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

#: As the documentation and Ollama's own types have it.
FULL: dict[str, Any] = {
    "model": "qwen3",
    "messages": [
        {"role": "system", "content": "You are a clerk."},
        {"role": "user", "content": "What is this?", "images": ["iVBORw0KGgo=", "/9j/4AAQ"]},
        {
            "role": "assistant",
            "content": "Let me see.",
            "thinking": "A tool.",
            "tool_calls": [
                {"id": "call_a", "function": {"name": "weather", "arguments": {"city": "Rom"}}},
                {"id": "call_b", "function": {"name": "time", "arguments": {}}},
            ],
        },
        {"role": "tool", "content": "sunny", "tool_name": "weather", "tool_call_id": "call_a"},
        {"role": "tool", "content": "noon", "tool_name": "time", "tool_call_id": "call_b", "weight": 1},
    ],
    "stream": False,
    "tools": [
        {"type": "function", "function": {"name": "weather", "description": "Tells it", "parameters": SCHEMA}},
        {"type": "function", "function": {"name": "time", "parameters": {"type": "object", "properties": {}}}},
    ],
    "format": SCHEMA,
    "think": "high",
    "options": {
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 40,
        "num_predict": 1024,
        "stop": ["END"],
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.1,
        "num_ctx": 8192,
    },
    "keep_alive": "5m",
}


def test_a_request_is_read() -> None:
    request = read_request(FULL, None, None)
    assert (request.model, request.stream, request.include_usage) == ("qwen3", False, True)
    assert [message["role"] for message in request.messages] == ["system", "user", "assistant", "tool", "tool"]
    assert [message.get("extras") for message in request.messages] == [None] * 4 + [{"ollama": {"weight": 1}}]
    assert [part["type"] for part in request.messages[1]["parts"]] == ["text", "image", "image"]
    assert [part.get("media_type") for part in request.messages[1]["parts"][1:]] == ["image/png", "image/jpeg"]
    assert [part["type"] for part in request.messages[2]["parts"]] == ["thinking", "text", "tool_call", "tool_call"]
    assert (request.max_tokens, request.temperature, request.top_p, request.top_k) == (1024, 0.5, 0.9, 40)
    assert (request.seed, request.presence_penalty, request.frequency_penalty) == (7, 0.1, -0.1)
    assert (request.stop, request.output) == (["END"], {"type": "schema", "schema": SCHEMA})
    assert request.thinking == {"effort": "high", "visible": True}
    assert request.extras == {"ollama": {"keep_alive": "5m", "options.num_ctx": 8192}}


def test_what_is_read_is_written() -> None:
    written = write_request(read_request(FULL, None, None))
    assert (written.path, written.body, written.dropped) == ("/api/chat", FULL, [])


def test_the_path_may_know_better() -> None:
    request = read_request({**FULL, "model": None}, "other", True)
    assert (request.model, request.stream) == ("other", True)


SAYING_A = [{"role": "user", "content": "a"}]


def test_it_streams_unless_told_otherwise() -> None:
    assert read_request({"model": "m", "messages": SAYING_A}, None, None).stream


@pytest.mark.parametrize(
    ("think", "thinking", "written"),
    [
        (None, None, None),
        (True, {"effort": "medium", "visible": True}, "medium"),
        (False, {"effort": "none"}, False),
        ("low", {"effort": "low", "visible": True}, "low"),
        ("max", {"effort": "max", "visible": True}, "max"),
    ],
)
def test_thinking(think: Any, thinking: Thinking | None, written: Any) -> None:
    request = read_request({"model": "m", "messages": SAYING_A, "think": think}, None, None)
    assert request.thinking == thinking
    assert write_request(request).body.get("think") == written


@pytest.mark.parametrize(
    ("thinking", "think", "lost"),
    [
        (Thinking(effort="minimal"), "low", []),
        (Thinking(effort="xhigh"), "max", []),
        (Thinking(budget=9_000), "high", ["thinking.budget"]),
        (Thinking(effort="low", budget=9_000), "low", ["thinking.budget"]),
        (Thinking(visible=True), True, []),
        (Thinking(), None, []),
    ],
)
def test_the_nearest_way_to_think(thinking: Thinking, think: Any, lost: list[str]) -> None:
    written = write_request(minimal(thinking=thinking))
    assert (written.body.get("think"), written.dropped) == (think, lost)


@pytest.mark.parametrize(
    ("form", "meant"), [("json", {"type": "json"}), ({}, {"type": "schema", "schema": {}}), ("", None), (None, None)]
)
def test_forms(form: Any, meant: OutputFormat | None) -> None:
    request = read_request({"model": "m", "messages": SAYING_A, "format": form}, None, None)
    assert request.output == meant
    assert write_request(request).body.get("format") == (form or None if meant is None else form)


@pytest.mark.parametrize("limit", [-1, -2])
def test_no_limit_is_none(limit: int) -> None:
    request = read_request({"model": "m", "messages": SAYING_A, "options": {"num_predict": limit}}, None, None)
    assert request.max_tokens is None


def minimal(**more: Any) -> Request:
    return Request("m", [Message(role="user", parts=[{"type": "text", "text": "a"}])], **more)


def test_what_cannot_be_said_is_named() -> None:
    tool = Tool(name="f", description=None, schema={}, strict=True, freeform={"type": "text"})
    tool["extras"] = {"anthropic": {"cache_control": {}}}
    request = minimal(
        tools=[tool],
        tool_choice={"mode": "one", "name": "f"},
        parallel_tool_calls=False,
        output={"type": "text"},
        user="u",
        extras={"anthropic": {"mcp_servers": []}, "ollama": {"raw": True, "context": [1]}},
    )
    written = write_request(request)
    assert written.dropped == [
        "tool_choice",
        "parallel_tool_calls",
        "cache_control",
        "tools[].strict",
        "tools[].format",
        "user",
        "mcp_servers",
        "raw",
        "context",
    ]
    assert written.body.keys() == {"model", "messages", "stream", "tools"}


def test_that_no_tool_be_called_is_said_by_offering_none() -> None:
    written = write_request(minimal(tools=[Tool(name="f", description=None, schema={})], tool_choice={"mode": "none"}))
    assert "tools" not in written.body
    assert written.dropped == []


@given(conversations("ollama"), tools())
def test_conversations_come_back(messages: list[Message], tools: list[Tool]) -> None:
    expected: list[Message] = []
    for message in messages:
        for part in message["parts"]:
            if part["type"] == "thinking":
                part["signature"] = None
        if message["role"] == "tool":
            expected += [Message(role="tool", parts=[part]) for part in message["parts"]]
        elif message["role"] == "user":
            words = "\n\n".join(part["text"] for part in message["parts"] if part["type"] == "text")
            expected.append(Message(role="user", parts=[{"type": "text", "text": words}]))
        else:
            texts = [part for part in message["parts"] if part["type"] == "text"]
            others = [part for part in message["parts"] if part["type"] != "text"]
            said: Any = [{"type": "text", "text": "".join(part["text"] for part in texts)}] if texts else []
            thoughts = [part for part in others if part["type"] == "thinking"]
            calls = [part for part in others if part["type"] == "tool_call"]
            expected.append(Message(role=message["role"], parts=[*thoughts, *said, *calls]))
    written = write_request(Request("m", messages, tools=tools, max_tokens=5))
    read = read_request(orjson.loads(orjson.dumps(written.body)), None, None)
    assert messages_by_value(read.messages) == messages_by_value(expected)
    assert (read.tools, written.dropped) == (tools, [])


@given(damaged(FULL))
def test_any_json_is_a_request_or_refused(body: dict[str, Any]) -> None:
    try:
        request = read_request(body, None, None)
    except InvalidRequest as error:
        assert "`" in error.message
    else:
        write_request(request)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"messages": []}, "messages"),
    ({"messages": [1]}, r"messages\[0\]"),
    ({"messages": [{"role": "bot"}]}, r"messages\[0\].role"),
    ({"messages": [{"role": "user", "content": ["a"]}]}, r"messages\[0\].content"),
    ({"messages": [{"role": "user", "images": [1]}]}, r"messages\[0\].images\[0\]"),
    ({"messages": [{"role": "assistant", "tool_calls": [{}]}]}, r"messages\[0\].tool_calls\[0\].function"),
    ({"tools": [{"function": {}}]}, r"tools\[0\].function.name"),
    ({"format": 1}, "format"),
    ({"think": "hard"}, "think"),
    ({"options": {"num_predict": "9"}}, "options.num_predict"),
    ({"options": {"stop": [1]}}, r"options.stop\[0\]"),
]


@pytest.mark.parametrize(("change", "path"), REFUSED)
def test_a_refusal_names_the_field(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}` must be"):
        read_request({**FULL, **change}, None, None)


def test_only_the_model_is_replaced() -> None:
    assert replace_model(FULL, "other", "/api/chat") == ("/api/chat", {**FULL, "model": "other"})
    assert replace_model(FULL, "qwen3", "/api/chat")[1] is FULL
