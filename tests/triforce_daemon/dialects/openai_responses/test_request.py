"""Requests, both ways."""

from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import conversations, damaged, messages_by_value, tools
from triforce_daemon.dialects.canonical import Message, Request, Thinking, Tool
from triforce_daemon.dialects.openai_responses.request import read_request, replace_model, write_request
from triforce_daemon.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

CITY = {"name": "city", "description": "Where", "schema": SCHEMA, "strict": True}

#: As the documentation has it.
FULL: dict[str, Any] = {
    "model": "gpt-5",
    "instructions": "You are a clerk.",
    "input": [
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "What is this?"},
                {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"},
                {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
                {"type": "input_image", "file_id": "file-1", "detail": "auto"},
            ],
        },
        {
            "id": "rs_1",
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "A tool."}],
            "encrypted_content": "gAAAAB",
        },
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Let me see.", "annotations": []}],
            "phase": "commentary",
        },
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{ "city":"Rom" }'},
        {"type": "function_call", "call_id": "call_2", "name": "time", "arguments": ""},
        {"type": "web_search_call", "id": "ws_1", "status": "completed"},
        {"type": "function_call_output", "call_id": "call_1", "output": "sunny"},
        {
            "type": "function_call_output",
            "call_id": "call_2",
            "output": [
                {"type": "input_text", "text": "noon"},
                {"type": "input_image", "image_url": "https://example.com/noon.png", "detail": "auto"},
            ],
        },
    ],
    "stream": True,
    "tools": [
        {"type": "function", "name": "weather", "description": "Tells it", "parameters": SCHEMA, "strict": True},
        {
            "type": "function",
            "name": "time",
            "parameters": {"type": "object", "properties": {}},
            "strict": False,
            "defer_loading": True,
        },
        {"type": "web_search"},
    ],
    "tool_choice": {"type": "function", "name": "weather"},
    "parallel_tool_calls": False,
    "max_output_tokens": 1024,
    "temperature": 0.5,
    "top_p": 0.9,
    "user": "u1",
    "text": {"format": {"type": "json_schema", **CITY}, "verbosity": "low"},
    "reasoning": {"effort": "xhigh", "summary": "detailed"},
    "store": True,
    "previous_response_id": "resp_0",
    "include": ["reasoning.encrypted_content"],
}

#: As codex sends it, cut down.
CODEX: dict[str, Any] = {
    "model": "some-model",
    "input": [
        {
            "type": "message",
            "id": "msg_1",
            "role": "developer",
            "content": [{"type": "input_text", "text": "You are a coding agent."}],
        },
        {"type": "message", "id": "msg_2", "role": "user", "content": [{"type": "input_text", "text": "say hi"}]},
        {
            "type": "function_call",
            "id": "fc_1",
            "name": "exec_command",
            "arguments": '{"cmd": "echo hi"}',
            "call_id": "call_1",
        },
        {"type": "function_call_output", "id": "fco_1", "call_id": "call_1", "output": "hi"},
    ],
    "tools": [
        {"type": "function", "name": "exec_command", "description": "Runs", "strict": False, "parameters": SCHEMA},
        {"type": "custom", "name": "apply_patch", "format": {"type": "grammar", "syntax": "lark", "definition": "s"}},
        {
            "type": "namespace",
            "name": "agents",
            "description": "Tools for agents.",
            "tools": [
                {"type": "function", "name": "close", "strict": False, "parameters": SCHEMA},
                {"type": "function", "name": "open", "strict": False, "parameters": SCHEMA},
            ],
        },
        {"type": "web_search", "external_web_access": False},
    ],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "reasoning": {"summary": "auto"},
    "store": False,
    "stream": True,
    "include": ["reasoning.encrypted_content"],
    "prompt_cache_key": "k",
    "client_metadata": {"a": "b"},
}


def test_a_request_is_read() -> None:
    request = read_request(FULL, None, None)
    assert (request.model, request.stream, request.include_usage) == ("gpt-5", True, True)
    assert [message["role"] for message in request.messages] == ["system", "user", "assistant", "tool", "tool"]
    assert [part["type"] for part in request.messages[2]["parts"]] == [
        "thinking",
        "text",
        "tool_call",
        "tool_call",
        "foreign",
    ]
    assert [tool["name"] for tool in request.tools] == ["weather", "time"]
    assert (request.tool_choice, request.parallel_tool_calls) == ({"mode": "one", "name": "weather"}, False)
    assert (request.max_tokens, request.temperature, request.top_p, request.user) == (1024, 0.5, 0.9, "u1")
    assert request.output == {"type": "schema", **CITY}
    assert request.thinking == {"effort": "xhigh", "visible": True}
    assert request.extras["openai_responses"] == {
        "store": True,
        "previous_response_id": "resp_0",
        "include": ["reasoning.encrypted_content"],
        "tools[].web_search": [{"type": "web_search"}],
        "text.verbosity": "low",
        "reasoning.summary": "detailed",
    }


def test_what_is_read_is_written() -> None:
    written = write_request(read_request(FULL, None, None))
    assert (written.path, written.body, written.dropped) == ("/responses", FULL, [])


def test_what_codex_sends_is_read_and_written() -> None:
    request = read_request(CODEX, None, None)
    assert [tool["name"] for tool in request.tools] == ["exec_command", "apply_patch", "agents__close", "agents__open"]
    written = write_request(request)
    assert written.dropped == []
    said = written.body.pop("instructions")
    assert said == "You are a coding agent."
    expected = {**CODEX, "input": [{**item} for item in CODEX["input"][1:]]}
    for item in expected["input"]:
        # Ids name what a server has stored; here everything is sent.
        item.pop("id")
    assert written.body == expected


def test_the_input_may_be_text() -> None:
    request = read_request({"model": "m", "input": "hi"}, None, None)
    assert request.messages == [{"role": "user", "parts": [{"type": "text", "text": "hi"}]}]
    body = write_request(request).body
    assert body == {
        "model": "m",
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}],
        "store": False,
    }


def test_the_path_may_know_better() -> None:
    request = read_request({"input": "hi", "stream": True}, "other", False)
    assert (request.model, request.stream) == ("other", False)


def test_what_says_nothing_is_not_kept() -> None:
    neutral: dict[str, Any] = {
        "store": False,
        "background": False,
        "truncation": "disabled",
        "include": [],
        "metadata": None,
    }
    request = read_request({"model": "m", "input": "a", "reasoning": {}, **neutral}, None, None)
    assert (request.extras, request.thinking) == ({}, None)


def minimal(**more: Any) -> Request:
    return Request("m", [Message(role="user", parts=[{"type": "text", "text": "a"}])], **more)


def test_what_cannot_be_said_is_named() -> None:
    request = minimal(
        top_k=40,
        stop=["END"],
        seed=7,
        presence_penalty=0.1,
        frequency_penalty=0.2,
        thinking=Thinking(effort="high", budget=9_000, visible=True),
        extras={"anthropic": {"mcp_servers": []}},
    )
    written = write_request(request)
    assert written.dropped == [
        "thinking.budget",
        "top_k",
        "stop",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "mcp_servers",
    ]
    assert written.body["reasoning"] == {"effort": "high", "summary": "auto"}


def test_openais_other_dialect_calls_some_things_the_same() -> None:
    extras: dict[str, Any] = {"metadata": {"a": "b"}, "verbosity": "low", "logit_bias": {}, "service_tier": "flex"}
    written = write_request(minimal(extras={"openai_chat": extras}))
    assert written.dropped == ["logit_bias"]
    assert (written.body["metadata"], written.body["service_tier"]) == ({"a": "b"}, "flex")
    assert written.body["text"] == {"verbosity": "low"}


@pytest.mark.parametrize(
    "first",
    [
        Message(role="user", parts=[{"type": "text", "text": "a"}]),
        Message(role="system", parts=[{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]),
        Message(role="system", parts=[]),
    ],
)
def test_instructions_are_one_text_of_the_systems(first: Message) -> None:
    assert "instructions" not in write_request(Request("m", [first, *minimal().messages])).body


@given(conversations("openai_responses"), tools())
def test_conversations_come_back(messages: list[Message], tools: list[Tool]) -> None:
    written = write_request(Request("m", messages, tools=tools, max_tokens=5))
    read = read_request(written.body, None, None)
    split: list[Message] = []
    for message in messages:
        if message["role"] == "tool":
            split += [Message(role="tool", parts=[part]) for part in message["parts"]]
        else:
            split.append(message)
    assert messages_by_value(read.messages) == messages_by_value(split)
    for tool in read.tools:
        assert tool.pop("strict", None) is False
    assert (read.tools, written.dropped) == (tools, [])


@given(damaged(FULL))
def test_any_json_is_a_request_or_refused(body: dict[str, Any]) -> None:
    _read_or_refuse(body)


@given(damaged(CODEX))
def test_also_in_place_of_what_codex_sends(body: dict[str, Any]) -> None:
    _read_or_refuse(body)


def _read_or_refuse(body: dict[str, Any]) -> None:
    try:
        request = read_request(body, None, None)
    except InvalidRequest as error:
        assert "`" in error.message
    else:
        write_request(request)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"input": None, "instructions": None}, "input"),
    ({"input": 1}, "input"),
    ({"input": ["a"]}, r"input\[0\]"),
    ({"input": [{"type": "message"}]}, r"input\[0\].role"),
    ({"input": [{"role": "bot", "content": "a"}]}, r"input\[0\].role"),
    ({"input": [{"role": "user", "content": 1}]}, r"input\[0\].content"),
    ({"input": [{"role": "user", "content": [{"type": "video"}]}]}, r"input\[0\].content\[0\].type"),
    ({"input": [{"type": "function_call", "name": "f"}]}, r"input\[0\].call_id"),
    ({"input": [{"type": "function_call_output", "call_id": "c"}]}, r"input\[0\].output"),
    ({"instructions": ["a"]}, "instructions"),
    ({"model": None}, "model"),
    ({"tools": [{"type": "function"}]}, r"tools\[0\].name"),
    ({"tools": [{"type": "namespace", "name": "n", "tools": [{}]}]}, r"tools\[0\].tools\[0\].name"),
    ({"tool_choice": "sometimes"}, "tool_choice"),
    ({"text": {"format": {"type": "xml"}}}, "text.format.type"),
    ({"reasoning": {"effort": "huge"}}, "reasoning.effort"),
]


@pytest.mark.parametrize(("change", "path"), REFUSED)
def test_a_refusal_names_the_field(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}` must be"):
        read_request({**FULL, **change}, None, None)


def test_only_the_model_is_replaced() -> None:
    assert replace_model(FULL, "other") == ("/responses", {**FULL, "model": "other"})
    assert replace_model(FULL, "gpt-5")[1] is FULL
