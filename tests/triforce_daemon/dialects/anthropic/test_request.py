"""Requests, both ways, and the question for the number of tokens."""

import time
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import conversations, damaged, messages_by_value, tools
from triforce_daemon.dialects.anthropic.request import (
    read_count_request,
    read_request,
    write_count_request,
    write_request,
)
from triforce_daemon.dialects.canonical import Message, OutputFormat, Request, Tool
from triforce_daemon.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "additionalProperties": False}

#: As the documentation and Claude Code have it.
FULL: dict[str, Any] = {
    "model": "claude-opus-4-6",
    "max_tokens": 1024,
    "system": [{"type": "text", "text": "You are a clerk.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": "Weather?", "cache_control": {"type": "ephemeral"}}]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "A tool.", "signature": "EqQBCgIYAhIM"},
                {"type": "tool_use", "id": "toolu_01A", "name": "weather", "input": {"city": "Rome"}},
                {"type": "tool_use", "id": "toolu_01B", "name": "weather", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_01A", "content": "sunny"},
                {"type": "tool_result", "tool_use_id": "toolu_01B", "content": "where?", "is_error": True},
            ],
        },
    ],
    "tools": [
        {
            "name": "weather",
            "description": "Tells it",
            "input_schema": {**SCHEMA, "required": ["city"]},
            "strict": True,
        },
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 5},
    ],
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "stop_sequences": ["END"],
    "thinking": {"type": "adaptive"},
    "output_config": {
        "effort": "high",
        "format": {"type": "json_schema", "schema": SCHEMA},
        "task_budget": {"total": 9},
    },
    "metadata": {"user_id": "u1", "team": "t"},
    "service_tier": "auto",
    "stream": True,
}


def test_a_request_is_read() -> None:
    request = read_request(FULL, None, None)
    assert (request.model, request.max_tokens, request.stream) == ("claude-opus-4-6", 1024, True)
    assert [message["role"] for message in request.messages] == ["system", "user", "assistant", "tool"]
    assert [tool["name"] for tool in request.tools] == ["weather"]
    assert (request.tool_choice, request.parallel_tool_calls) == ({"mode": "auto"}, False)
    assert request.stop == ["END"]
    assert request.thinking == {"effort": "high"}
    assert request.output == {"type": "schema", "schema": SCHEMA}
    assert request.user == "u1"
    assert request.extras == {
        "anthropic": {
            "tools[].web_search_20250305": [FULL["tools"][1]],
            "output_config.task_budget": {"total": 9},
            "metadata.team": "t",
            "service_tier": "auto",
        }
    }


def test_a_request_of_this_dialect_comes_out_as_it_was() -> None:
    written = write_request(read_request(FULL, None, None))
    assert (written.path, written.dropped) == ("/messages", [])
    assert orjson.loads(orjson.dumps(written.body)) == FULL


def test_the_path_may_name_the_model_and_the_stream() -> None:
    request = read_request({**FULL, "model": None}, "other", False)
    assert (request.model, request.stream) == ("other", False)


def test_the_format_by_its_old_name() -> None:
    body = {**FULL, "output_config": {}, "output_format": {"type": "json_schema", "schema": SCHEMA}}
    assert read_request(body, None, None).output == {"type": "schema", "schema": SCHEMA}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"model": None}, "model"),
        ({"max_tokens": None}, "max_tokens"),
        ({"max_tokens": "9"}, "max_tokens"),
        ({"messages": None}, "messages"),
        ({"stream": "yes"}, "stream"),
        ({"temperature": "hot"}, "temperature"),
        ({"top_p": []}, "top_p"),
        ({"top_k": 0.5}, "top_k"),
        ({"stop_sequences": [1]}, r"stop_sequences\[0\]"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"user_id": 7}}, "metadata.user_id"),
        ({"output_config": 7}, "output_config"),
        ({"output_config": {"format": {"type": "yaml"}}}, "output_config.format.type"),
        ({"output_config": {"format": {"type": "json_schema"}}}, "output_config.format.schema"),
        ({"output_config": None, "output_format": {}}, "output_format.type"),
        ({"tools": {}}, "tools"),
    ],
)
def test_mistakes_are_named(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_request({**FULL, **change}, None, None)


@given(damaged(FULL))
def test_whatever_comes_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        request = read_request(body, None, None)
    except InvalidRequest:
        return
    orjson.dumps(write_request(request).body)


@given(conversations("anthropic"), tools())
def test_what_is_written_is_read_again(messages: list[Message], offered: list[Tool]) -> None:
    request = Request(
        model="claude-opus-4-6",
        messages=messages,
        tools=offered,
        tool_choice={"mode": "required"},
        parallel_tool_calls=False,
        max_tokens=4000,
        temperature=0.5,
        top_k=3,
        stop=["a", "b"],
        user="someone",
        output=OutputFormat(type="schema", schema=SCHEMA),
    )
    written = write_request(request)
    assert written.dropped == []
    read = read_request(orjson.loads(orjson.dumps(written.body)), None, None)
    assert messages_by_value(read.messages) == messages_by_value(request.messages)
    read.messages = request.messages = []
    assert read == request


def ask(**changes: Any) -> Request:
    given: dict[str, Any] = {
        "model": "claude-opus-4-6",
        "messages": [{"role": "user", "parts": [{"type": "text", "text": "Hi"}]}],
    }
    return Request(**given | changes)


TOOL = Tool(name="weather", description=None, schema=SCHEMA)


@pytest.mark.parametrize(
    ("request_", "has", "lost"),
    [
        (ask(), {"max_tokens": 32_000}, []),
        (ask(max_tokens=7), {"max_tokens": 7}, []),
        (
            ask(seed=1, presence_penalty=0.5, frequency_penalty=0.5),
            {},
            ["seed", "presence_penalty", "frequency_penalty"],
        ),
        (ask(temperature=1.5), {"temperature": 1}, ["temperature"]),
        (ask(temperature=0.5, top_p=0.9), {"temperature": 0.5}, ["top_p"]),
        (ask(model="glm-5", temperature=0.5, top_p=0.9), {"temperature": 0.5, "top_p": 0.9}, []),
        (ask(top_p=0.9, top_k=4), {"top_p": 0.9, "top_k": 4}, []),
        (ask(model="claude-opus-5", temperature=0.5, top_p=0.9, top_k=4), {}, ["temperature", "top_p", "top_k"]),
        (
            ask(thinking={"effort": "high"}, temperature=0.5),
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "high"}},
            ["temperature"],
        ),
        (ask(stop=["a", " \n", ""]), {"stop_sequences": ["a"]}, ["stop"]),
        (ask(output=OutputFormat(type="text")), {}, []),
        (ask(output=OutputFormat(type="json")), {}, ["output"]),
        (ask(model="claude-3-haiku", output=OutputFormat(type="schema", schema=SCHEMA)), {}, ["output"]),
        (
            ask(output=OutputFormat(type="schema", name="n", schema={"type": "string", "minLength": 1}, strict=True)),
            {
                "output_config": {
                    "format": {"type": "json_schema", "schema": {"type": "string", "description": '{"minLength":1}'}}
                }
            },
            ["output.schema.minLength"],
        ),
        (
            ask(thinking={"effort": "high"}, tools=[TOOL], tool_choice={"mode": "required"}),
            {"tool_choice": {"type": "any"}, "output_config": {"effort": "high"}, "thinking": None},
            ["thinking"],
        ),
        (
            ask(model="claude-opus-5-5", thinking={"effort": "high"}, tools=[TOOL], tool_choice={"mode": "required"}),
            {
                "tool_choice": {"type": "auto"},
                "thinking": {"type": "adaptive"},
                "output_config": {"effort": "high"},
            },
            ["tool_choice"],
        ),
        (
            ask(extras={"openai_chat": {"logit_bias": {}}, "anthropic": {"speed": "fast"}}),
            {"speed": "fast"},
            ["logit_bias"],
        ),
        (ask(user="u", extras={"anthropic": {"metadata.team": 1}}), {"metadata": {"user_id": "u", "team": 1}}, []),
    ],
)
def test_what_others_ask_for(request_: Request, has: dict[str, Any], lost: list[str]) -> None:
    written = write_request(request_)
    assert {name: written.body.get(name) for name in has} == has
    assert written.dropped == lost
    assert written.body.keys() - has.keys() <= {"model", "max_tokens", "messages", "tools"}


def test_a_question_for_the_number_of_tokens_needs_no_limit() -> None:
    body = {name: value for name, value in FULL.items() if name != "max_tokens"}
    request = read_count_request(body, None)
    assert request.max_tokens is None
    written = write_count_request(request)
    assert written.path == "/messages/count_tokens"
    kept = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config")
    assert orjson.loads(orjson.dumps(written.body)) == {name: FULL[name] for name in kept}


def test_the_time_grows_with_the_length_only() -> None:
    def seconds(turns: int) -> float:
        messages: list[Message] = []
        for number in range(turns):
            messages.append({"role": "user", "parts": [{"type": "text", "text": "x" * 100}]})
            result: Any = {"type": "tool_result", "id": str(number), "name": None, "content": [], "failed": False}
            messages.append({"role": "tool", "parts": [result]})
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            write_request(ask(messages=messages))
            best = min(best, time.process_time() - start)
        return best

    assert seconds(8_000) < 30 * seconds(1_000)
