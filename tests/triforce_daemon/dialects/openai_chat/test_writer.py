"""A client's stream."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from openai.types.chat import ChatCompletionChunk

from tests.triforce_daemon.dialects.canonical_values import streams, whole
from tests.triforce_daemon.dialects.splitting import merged, read, written
from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Event, Request, Tool
from triforce_daemon.dialects.openai_chat.reader import Reader
from triforce_daemon.dialects.openai_chat.writer import Writer
from triforce_daemon.errors import UpstreamFailed

EVENTS: list[Any] = [
    {"type": "started", "id": "a1", "model": "m"},
    {"type": "thinking", "index": 0, "text": "hm"},
    {"type": "signature", "index": 0, "signature": "s", "origin": "anthropic"},
    {"type": "text", "index": 1, "text": "Grüße\n"},
    {"type": "tool_call", "index": 2, "id": "c1", "name": "f"},
    {"type": "arguments", "index": 2, "text": '{"a"'},
    {"type": "arguments", "index": 2, "text": ":1}"},
    {"type": "tool_call", "index": 3, "id": "c2", "name": "g"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 9, "output_tokens": 5, "cached_tokens": 4}},
]


def chunks(stream: bytes) -> list[Any]:
    return [orjson.loads(data) for data in sse.data_of_each(stream) if data != b"[DONE]"]


def test_each_piece_is_a_chunk() -> None:
    stream = written(Writer(Request("m", []), 1), EVENTS)
    assert stream.endswith(b"data: [DONE]\n\n")
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks(stream)]
    assert deltas == [
        {"role": "assistant", "content": "", "refusal": None},
        {"reasoning_content": "hm"},
        {"content": "Grüße\n"},
        {"tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": {"name": "f", "arguments": ""}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"a"'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]},
        {"tool_calls": [{"index": 1, "id": "c2", "type": "function", "function": {"name": "g", "arguments": ""}}]},
        {},
    ]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks(stream)] == [None] * 7 + ["tool_calls"]
    assert {(chunk["id"], chunk["model"], chunk["created"]) for chunk in chunks(stream)} == {("a1", "m", 1)}


@pytest.mark.parametrize("asked", [True, False])
def test_usage_is_told_to_those_who_ask(asked: bool) -> None:
    found = chunks(written(Writer(Request("m", [], include_usage=asked), 1), EVENTS))
    assert all(("usage" in chunk) is asked for chunk in found)
    assert [chunk["usage"]["prompt_tokens"] for chunk in found if chunk.get("usage")] == [9] * asked
    assert [chunk["choices"] for chunk in found if chunk.get("usage")] == [[]] * asked


@given(streams("openai_chat"))
def test_what_is_written_is_read_and_understood(events: list[Event]) -> None:
    stream = written(Writer(Request("m", [], include_usage=True), 1), events)
    for chunk in chunks(stream):
        ChatCompletionChunk.model_validate(chunk)
    meant = whole(events)
    meant["parts"] = merged(meant["parts"])
    assert whole(read(Reader(), [stream])) == meant


def test_a_refusal_ends_in_the_ordinary_way() -> None:
    events: list[Any] = [
        EVENTS[0],
        {"type": "refusal", "index": 0, "text": "no"},
        {"type": "finished", "reason": "refusal"},
    ]
    found = chunks(written(Writer(Request("m", []), 1), events))
    assert [chunk["choices"][0]["delta"].get("refusal") for chunk in found] == [None, "no", None]
    assert found[-1]["choices"][0]["finish_reason"] == "stop"


def test_free_text_is_told_once_it_is_whole() -> None:
    tool = Tool(name="patch", description=None, schema={}, freeform={})
    events: list[Any] = [
        EVENTS[0],
        {"type": "tool_call", "index": 0, "id": "c", "name": "patch"},
        {"type": "arguments", "index": 0, "text": '{"input":"a'},
        {"type": "arguments", "index": 0, "text": '\\nb"}'},
        {"type": "finished", "reason": "tool_calls"},
    ]
    found = chunks(written(Writer(Request("m", [], tools=[tool]), 1), events))
    calls = [chunk["choices"][0]["delta"]["tool_calls"][0] for chunk in found[1:-1]]
    assert calls == [
        {"index": 0, "id": "c", "type": "custom", "custom": {"name": "patch", "input": ""}},
        {"index": 0, "custom": {"input": "a\nb"}},
    ]


def test_a_failure_never_looks_like_success() -> None:
    writer = Writer(Request("m", []), 1)
    stream = b"".join(writer.write(event) for event in EVENTS[:4]) + writer.fail(UpstreamFailed("broken", "Try."), "r1")
    assert b"[DONE]" not in stream
    last = chunks(stream)[-1]
    assert (last["error"]["message"], last["error"]["request_id"]) == ("broken Try.", "r1")
    reader = Reader()
    assert read(reader, [stream])[-1]["type"] == "failed"
    assert not reader.complete


def test_an_error_that_is_read_is_not_written() -> None:
    assert Writer(Request("m", []), 1).write({"type": "failed", "code": "x", "message": "y"}) == b""
