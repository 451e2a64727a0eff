"""Requests, both ways."""

import gc
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import conversations, damaged, messages_by_value, tools
from triforce_daemon.dialects.canonical import Effort, Message, Request, Thinking, Tool
from triforce_daemon.dialects.openai_chat.request import read_request, replace_model, wants_usage, write_request
from triforce_daemon.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

CITY = {"name": "city", "description": "Where", "schema": SCHEMA, "strict": True}

#: As the documentation has it.
FULL: dict[str, Any] = {
    "model": "gpt-5-mini",
    "messages": [
        {"role": "system", "content": "You are a clerk."},
        {
            "role": "user",
            "name": "ann",
            "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://example.com/cat.png"}},
                {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
                {
                    "type": "file",
                    "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
                },
                {"type": "file", "file": {"file_id": "file-123"}},
            ],
        },
        {
            "role": "assistant",
            "content": "Let me see.",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{ "city":"Rom" }'}},
                {
                    "id": "call_2",
                    "type": "function",
                    "function": {"name": "time", "arguments": ""},
                    "extra_content": {"google": {"thought_signature": "c2ln"}},
                },
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        {"role": "tool", "tool_call_id": "call_2", "content": "noon"},
    ],
    "stream": True,
    "stream_options": {"include_usage": True},
    "tools": [
        {
            "type": "function",
            "function": {"name": "weather", "description": "Tells it", "parameters": SCHEMA, "strict": True},
        },
        {
            "type": "function",
            "function": {"name": "time", "parameters": {"type": "object", "properties": {}}, "cache": True},
        },
        {"type": "web_search", "web_search": {}},
    ],
    "tool_choice": {"type": "function", "function": {"name": "weather"}},
    "parallel_tool_calls": False,
    "max_completion_tokens": 1024,
    "temperature": 0.5,
    "top_p": 0.9,
    "stop": ["END", "STOP"],
    "seed": 7,
    "presence_penalty": 0.1,
    "frequency_penalty": -0.1,
    "response_format": {"type": "json_schema", "json_schema": CITY},
    "reasoning_effort": "low",
    "user": "u1",
    "logit_bias": {"50256": -100},
    "service_tier": "flex",
}


def test_a_request_is_read() -> None:
    request = read_request(FULL, None, None)
    assert (request.model, request.stream, request.include_usage) == ("gpt-5-mini", True, True)
    assert [message["role"] for message in request.messages] == ["system", "user", "assistant", "tool", "tool"]
    assert [tool["name"] for tool in request.tools] == ["weather", "time"]
    assert (request.tool_choice, request.parallel_tool_calls) == ({"mode": "one", "name": "weather"}, False)
    assert (request.max_tokens, request.temperature, request.top_p, request.seed) == (1024, 0.5, 0.9, 7)
    assert (request.presence_penalty, request.frequency_penalty, request.stop) == (0.1, -0.1, ["END", "STOP"])
    assert request.output == {"type": "schema", **CITY}
    assert (request.thinking, request.user) == ({"effort": "low"}, "u1")
    assert request.extras == {
        "openai_chat": {
            "logit_bias": {"50256": -100},
            "service_tier": "flex",
            "tools[].web_search": [FULL["tools"][2]],
        }
    }


def test_what_is_read_is_written() -> None:
    written = write_request(read_request(FULL, None, None))
    assert (written.path, written.body, written.dropped) == ("/chat/completions", FULL, [])


def test_the_path_may_know_better() -> None:
    request = read_request({**FULL, "model": None}, "other", False)
    assert (request.model, request.stream) == ("other", False)


def test_older_names_mean_the_same() -> None:
    request = read_request(
        {
            "model": "m",
            "messages": [
                {"role": "developer", "content": "Be brief."},
                {"role": "assistant", "function_call": {"name": "f", "arguments": "{}"}},
                {"role": "function", "name": "f", "content": "1"},
            ],
            "functions": [{"name": "f"}],
            "function_call": {"name": "f"},
            "max_tokens": 5,
            "stop": "END",
        },
        None,
        None,
    )
    assert request.messages[0]["role"] == "system"
    assert request.messages[1]["parts"] == [{"type": "tool_call", "id": "call_f", "name": "f", "arguments": "{}"}]
    assert request.messages[2]["parts"][0] == {
        "type": "tool_result",
        "id": "call_f",
        "name": "f",
        "content": [{"type": "text", "text": "1"}],
        "failed": False,
    }
    assert (request.tools, request.tool_choice) == (
        [{"name": "f", "description": None, "schema": {}}],
        {"mode": "one", "name": "f"},
    )
    assert (request.max_tokens, request.stop, request.stream) == (5, ["END"], False)


def test_what_says_nothing_is_not_kept() -> None:
    neutral = {"n": 1, "logprobs": False, "store": False, "modalities": ["text"], "service_tier": "auto", "audio": None}
    assert (
        read_request({"model": "m", "messages": [{"role": "user", "content": "a"}], **neutral}, None, None).extras == {}
    )


def minimal(**more: Any) -> Request:
    return Request("m", [Message(role="user", parts=[{"type": "text", "text": "a"}])], **more)


def test_what_cannot_be_said_is_named() -> None:
    request = minimal(
        top_k=40,
        thinking=Thinking(effort="high", budget=9_000, visible=True),
        extras={"anthropic": {"mcp_servers": []}, "openai_chat": {"logit_bias": {}}},
    )
    written = write_request(request)
    assert written.dropped == ["thinking.budget", "top_k", "mcp_servers"]
    assert written.body["reasoning_effort"] == "high"
    assert written.body["logit_bias"] == {}


def test_what_openais_other_dialect_has_is_not_asked_of_everyone() -> None:
    written = write_request(minimal(extras={"openai_responses": {"prompt_cache_key": "k", "text.verbosity": "low"}}))
    assert written.dropped == ["prompt_cache_key", "text.verbosity"]
    assert written.body.keys() == {"model", "messages"}


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o", "max_tokens"),
        ("mistral-large", "max_tokens"),
        ("o3-mini", "max_completion_tokens"),
        ("openai/gpt-5", "max_completion_tokens"),
    ],
)
def test_the_limit_has_two_names(model: str, name: str) -> None:
    body = write_request(Request(model, minimal().messages, max_tokens=9)).body
    assert {key for key in body if key.startswith("max")} == {name}
    assert body[name] == 9


def test_a_stream_is_asked_for_its_usage_and_nothing_else_is() -> None:
    assert write_request(minimal(stream=True)).body["stream_options"] == {"include_usage": True}
    assert write_request(minimal()).body.keys() == {"model", "messages"}


def test_a_choice_without_tools_is_not_written() -> None:
    assert "tool_choice" not in write_request(minimal(tool_choice={"mode": "auto"}, parallel_tool_calls=True)).body


@pytest.mark.parametrize("effort", ["none", "minimal", "low", "medium", "high", "xhigh", "max"])
def test_every_effort_is_known(effort: Effort) -> None:
    body = write_request(minimal(thinking=Thinking(effort=effort))).body
    assert body["reasoning_effort"] == effort
    assert read_request(body, None, None).thinking == {"effort": effort}


@given(conversations("openai_chat"), tools())
def test_conversations_come_back(messages: list[Message], tools: list[Tool]) -> None:
    for message in messages:
        for part in message["parts"]:
            if part["type"] == "thinking":
                part["signature"] = None
    written = write_request(Request("m", messages, tools=tools, max_tokens=5))
    read = read_request(written.body, None, None)
    split: list[Message] = []
    for message in messages:
        if message["role"] == "tool":
            split += [Message(role="tool", parts=[part]) for part in message["parts"]]
        else:
            split.append(message)
    assert messages_by_value(read.messages) == messages_by_value(split)
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
    ({"messages": ["a"]}, r"messages\[0\]"),
    ({"messages": [{"role": "user", "content": 1}]}, r"messages\[0\].content"),
    ({"messages": [{"role": "bot"}]}, r"messages\[0\].role"),
    ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, r"messages\[0\].content\[0\].text"),
    ({"messages": [{"role": "tool", "content": "a"}]}, r"messages\[0\].tool_call_id"),
    ({"messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]}]}, r"messages\[0\].tool_calls\[0\].function"),
    ({"model": 1}, "model"),
    ({"stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
    ({"tools": [{"type": "function", "function": {}}]}, r"tools\[0\].function.name"),
    ({"tool_choice": "sometimes"}, "tool_choice"),
    ({"response_format": {"type": "xml"}}, "response_format.type"),
    ({"reasoning_effort": "huge"}, "reasoning_effort"),
    ({"max_completion_tokens": "9"}, "max_completion_tokens"),
]


@pytest.mark.parametrize(("change", "path"), REFUSED)
def test_a_refusal_names_the_field(change: dict[str, Any], path: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{path}` must be"):
        read_request({**FULL, **change}, None, None)


def test_a_long_conversation_costs_its_length() -> None:
    def cost(turns: int) -> float:
        body = {**FULL, "messages": FULL["messages"] * turns}
        begun = time.process_time()
        write_request(read_request(body, None, None))
        return (time.process_time() - begun) / turns

    gc.disable()
    try:
        short, long = min(cost(50) for _ in range(9)), min(cost(1_000) for _ in range(5))
    finally:
        gc.enable()
    assert long < 10 * short


def test_the_model_is_replaced_and_usage_asked_for() -> None:
    body = {"model": "a", "stream": True, "stream_options": {"x": 1}}
    path, changed = replace_model(body, "b", stream=True)
    assert (path, changed["model"]) == ("/chat/completions", "b")
    assert changed["stream_options"] == {"x": 1, "include_usage": True}
    assert body == {"model": "a", "stream": True, "stream_options": {"x": 1}}
    assert replace_model({"model": "a"}, "b", stream=False)[1] == {"model": "b"}
    assert replace_model({"stream_options": None}, "b", stream=True)[1]["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("stream", [True, False])
def test_a_body_that_fits_is_the_same_body(stream: bool) -> None:
    body = {"model": "a", "stream_options": {"include_usage": True}}
    assert replace_model(body, "a", stream=stream)[1] is body


@given(st.sampled_from([None, 1, [], "x", {}, {"include_usage": "yes"}, {"include_usage": False}]))
def test_only_a_true_wish_for_usage_counts(options: Any) -> None:
    assert not wants_usage({"stream_options": options})
    assert wants_usage({"stream_options": {"include_usage": True}})
