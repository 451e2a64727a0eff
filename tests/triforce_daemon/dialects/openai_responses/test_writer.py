"""A client's stream."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from openai import omit
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import ResponseStreamEvent
from pydantic import TypeAdapter

from tests.triforce_daemon.dialects.canonical_values import streams, whole
from tests.triforce_daemon.dialects.openai_responses.test_answer import TOOLS
from tests.triforce_daemon.dialects.splitting import read, written
from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Event, Request
from triforce_daemon.dialects.openai_responses.reader import Reader
from triforce_daemon.dialects.openai_responses.writer import Writer
from triforce_daemon.errors import ContextExceeded, InvalidRequest, TriforceError, UpstreamFailed, UpstreamLimited

STREAM_EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
EVENTS: list[Any] = [
    {"type": "started", "id": "resp_1", "model": "m"},
    {"type": "thinking", "index": 0, "text": "hm"},
    {"type": "signature", "index": 0, "signature": "gAAAAB", "origin": "openai_responses"},
    {"type": "text", "index": 1, "text": "Gr\u00fc\u00df"},
    {"type": "text", "index": 1, "text": "e\n"},
    {"type": "tool_call", "index": 2, "id": "c1", "name": "f"},
    {"type": "arguments", "index": 2, "text": '{"a"'},
    {"type": "arguments", "index": 2, "text": ":1}"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 9, "output_tokens": 5}},
]


def sent(stream: bytes) -> list[Any]:
    return [orjson.loads(data) for data in sse.data_of_each(stream)]


def understood(stream: bytes) -> Any:
    """The response as OpenAI's own library puts it together."""
    state: Any = ResponseStreamState(input_tools=omit, text_format=omit)
    for event in sent(stream):
        for _ in state.handle_event(STREAM_EVENT.validate_python(event)):
            pass
    return state._completed_response


def test_each_item_is_told_from_its_beginning_to_its_end() -> None:
    events = sent(written(Writer(Request("m", []), 1), EVENTS))
    assert [event["type"].removeprefix("response.") for event in events] == [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
        "completed",
    ]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["output_index"] for event in events if "output_index" in event] == [0] * 6 + [1] * 7 + [2] * 5
    items = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert items == events[-1]["response"]["output"]
    assert items[0]["encrypted_content"] == "gAAAAB"
    assert {event["item_id"] for event in events if "item_id" in event} == {item["id"] for item in items}


def test_the_event_is_named_before_its_data() -> None:
    for one in sse.split(written(Writer(Request("m", []), 1), EVENTS)):
        name, data = one.split(b"\n")[:2]
        assert name.removeprefix(b"event: ").decode() == orjson.loads(data.removeprefix(b"data: "))["type"]


@given(streams("openai_responses"))
def test_what_is_written_is_read_and_understood(events: list[Event]) -> None:
    stream = written(Writer(Request("m", []), 1), events)
    reader = Reader()
    found, meant = whole(read(reader, [stream])), whole(events)
    for part in (*found["parts"], *meant["parts"]):
        part.pop("id", None)
    assert found == meant
    assert reader.complete


def test_openais_own_library_puts_it_together() -> None:
    response = understood(written(Writer(Request("m", []), 1), EVENTS))
    assert (response.id, response.status, response.output_text) == ("resp_1", "completed", "Grüße\n")
    assert [item.type for item in response.output] == ["reasoning", "message", "function_call"]
    assert (response.output[2].call_id, response.output[2].arguments) == ("c1", '{"a":1}')
    assert response.usage.total_tokens == 14


def test_free_text_and_namespaces_are_told_as_such() -> None:
    events: list[Any] = [
        EVENTS[0],
        {"type": "tool_call", "index": 0, "id": "c1", "name": "patch"},
        {"type": "arguments", "index": 0, "text": '{"input":"a'},
        {"type": "arguments", "index": 0, "text": '\\nb"}'},
        {"type": "tool_call", "index": 1, "id": "c2", "name": "ns__g"},
        {"type": "finished", "reason": "tool_calls"},
    ]
    stream = written(Writer(Request("m", [], tools=TOOLS), 1), events)
    for event in sent(stream):
        STREAM_EVENT.validate_python(event)
    custom, function = sent(stream)[-1]["response"]["output"]
    assert (custom["type"], custom["input"], custom["id"][:4]) == ("custom_tool_call", "a\nb", "ctc_")
    assert (function["name"], function["namespace"], function["arguments"]) == ("g", "ns", "")
    deltas = [event["delta"] for event in sent(stream) if event["type"] == "response.custom_tool_call_input.delta"]
    assert deltas == ["a\nb"]


def test_refusals_are_words() -> None:
    events: list[Any] = [
        EVENTS[0],
        {"type": "refusal", "index": 0, "text": "no"},
        {"type": "refusal", "index": 0, "text": "!"},
        {"type": "finished", "reason": "refusal"},
    ]
    stream = written(Writer(Request("m", []), 1), events)
    response = understood(stream)
    assert (response.status, response.output[0].content[0].refusal) == ("completed", "no!")
    assert "response.refusal.done" in [event["type"] for event in sent(stream)]


def test_hidden_reasoning_is_an_item_without_words() -> None:
    signed = {"type": "signature", "index": 0, "signature": "s", "origin": "openai_responses", "redacted": True}
    events: list[Any] = [EVENTS[0], {**signed, "id": "rs_7"}, EVENTS[3], EVENTS[8]]
    hidden, _ = sent(written(Writer(Request("m", []), 1), events))[-1]["response"]["output"]
    assert hidden == {"id": "rs_7", "type": "reasoning", "summary": [], "encrypted_content": "s"}


def test_others_signatures_are_not_shown() -> None:
    events: list[Any] = [EVENTS[0], EVENTS[1], {**EVENTS[2], "origin": "anthropic"}, EVENTS[8]]
    assert b"encrypted_content" not in written(Writer(Request("m", []), 1), events)


@pytest.mark.parametrize(
    ("reason", "last"), [("length", "incomplete"), ("content_filter", "incomplete"), ("stop", "completed")]
)
def test_the_last_event_says_how_it_ended(reason: str, last: str) -> None:
    finished: Any = {"type": "finished", "reason": reason}
    event = sent(written(Writer(Request("m", []), 1), [EVENTS[0], finished]))[-1]
    assert (event["type"], event["response"]["status"]) == (f"response.{last}", last)
    STREAM_EVENT.validate_python(event)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UpstreamFailed("broken", "Try."), "server_error"),
        (InvalidRequest("broken", "Try."), "invalid_prompt"),
        (UpstreamLimited("broken", "Try."), "rate_limit_exceeded"),
        (ContextExceeded("broken", "Try."), "context_length_exceeded"),
    ],
)
def test_a_failure_never_looks_like_success(error: TriforceError, code: str) -> None:
    writer = Writer(Request("m", []), 1)
    stream = b"".join(writer.write(event) for event in EVENTS[:5]) + writer.fail(error, "r1")
    last = sent(stream)[-1]
    assert (last["type"], last["response"]["status"]) == ("response.failed", "failed")
    assert last["response"]["error"] == {"code": code, "message": "broken Try."}
    assert len(last["response"]["output"]) == 1
    reader = Reader()
    assert read(reader, [stream])[-1]["type"] == "failed"
    assert not reader.complete


def test_an_error_that_is_read_is_not_written() -> None:
    assert Writer(Request("m", []), 1).write({"type": "failed", "code": "x", "message": "y"}) == b""
