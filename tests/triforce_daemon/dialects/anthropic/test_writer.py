"""A client's stream: every event where the client libraries expect it."""

import json
from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import streams, whole
from triforce_daemon.dialects import sse
from triforce_daemon.dialects.anthropic.reader import Reader
from triforce_daemon.dialects.anthropic.writer import Writer
from triforce_daemon.dialects.canonical import Event, Request
from triforce_daemon.errors import UpstreamFailed

REQUEST = Request(model="asked", messages=[])

SAID: list[Any] = [
    {"type": "started", "id": "msg_1", "model": "m", "usage": {"input_tokens": 12, "output_tokens": 1}},
    {"type": "thinking", "index": 0, "text": "Hm."},
    {"type": "signature", "index": 0, "signature": "sig", "origin": "anthropic"},
    {"type": "signature", "index": 1, "signature": "data", "origin": "anthropic", "redacted": True},
    {"type": "text", "index": 2, "text": "Grüß "},
    {"type": "text", "index": 2, "text": "dich"},
    {"type": "tool_call", "index": 3, "id": "call 1", "name": "weather"},
    {"type": "arguments", "index": 3, "text": '{"city": "Zü'},
    {"type": "arguments", "index": 3, "text": 'rich"}'},
    {"type": "tool_call", "index": 4, "id": "call_2", "name": "now"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 12, "output_tokens": 30, "reasoning_tokens": 4}},
]


def written(events: list[Any], request: Request = REQUEST) -> bytes:
    writer = Writer(request)
    return b"".join(writer.write(event) for event in events) + writer.finish()


def datas(text: bytes) -> list[dict[str, Any]]:
    """The data of each event, whose name is its type."""
    found: list[dict[str, Any]] = []
    for one in sse.split(text):
        name, data = one.decode().removesuffix("\n\n").split("\n")
        value = json.loads(data.removeprefix("data: "))
        assert name == f"event: {value['type']}"
        found.append(value)
    return found


def start(index: int, **block: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def delta(index: int, **change: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": change}


def stop(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def test_a_stream_is_written() -> None:
    first, *others = datas(written(SAID))
    usage = {"input_tokens": 12, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0}
    assert first == {
        "type": "message_start",
        "message": {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage | {"output_tokens": 1},
        },
    }
    assert others == [
        start(0, type="thinking", thinking="", signature=""),
        delta(0, type="thinking_delta", thinking="Hm."),
        delta(0, type="signature_delta", signature="sig"),
        stop(0),
        start(1, type="redacted_thinking", data="data"),
        stop(1),
        start(2, type="text", text=""),
        delta(2, type="text_delta", text="Grüß "),
        delta(2, type="text_delta", text="dich"),
        stop(2),
        start(3, type="tool_use", id="call_1", name="weather", input={}),
        delta(3, type="input_json_delta", partial_json='{"city": "Zü'),
        delta(3, type="input_json_delta", partial_json='rich"}'),
        stop(3),
        start(4, type="tool_use", id="call_2", name="now", input={}),
        stop(4),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None, "stop_details": None},
            "usage": usage | {"output_tokens": 30, "output_tokens_details": {"thinking_tokens": 4}},
        },
        {"type": "message_stop"},
    ]


@given(streams("anthropic"))
def test_what_is_written_is_read_again(events: list[Event]) -> None:
    reader = Reader()
    assert whole(reader.feed(written(events))) == whole(events)
    assert reader.complete


def test_others_signatures_mean_nothing_here() -> None:
    events: list[Any] = [
        SAID[0],
        {"type": "thinking", "index": 0, "text": "Hm."},
        {"type": "signature", "index": 0, "signature": "sig", "origin": "gemini"},
        {"type": "signature", "index": 1, "signature": "sig", "origin": "openai_responses", "redacted": True},
        {"type": "text", "index": 2, "text": "Hi"},
    ]
    assert datas(written(events))[1:7] == [
        start(0, type="thinking", thinking="", signature=""),
        delta(0, type="thinking_delta", thinking="Hm."),
        stop(0),
        start(1, type="text", text=""),
        delta(1, type="text_delta", text="Hi"),
        stop(1),
    ]


def test_nothing_is_written_for_nothing() -> None:
    writer = Writer(REQUEST)
    writer.write(SAID[0])
    assert writer.write({"type": "text", "index": 0, "text": ""}) == b""
    assert writer.write({"type": "usage", "usage": {"input_tokens": 1, "output_tokens": 1}}) == b""
    assert writer.write({"type": "failed", "code": "upstream_failed", "message": "x"}) == b""
    assert writer.write({"type": "arguments", "index": 7, "text": "{}"}) == b"", "nobody's arguments"


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([], "end_turn"),
        ([{"type": "finished", "reason": "stop"}], "end_turn"),
        ([{"type": "finished", "reason": "length"}], "max_tokens"),
        ([{"type": "finished", "reason": "content_filter"}], "refusal"),
        ([{"type": "finished", "reason": "pause"}], "pause_turn"),
        ([{"type": "finished", "reason": "stop", "stop_sequence": "END"}], "stop_sequence"),
        ([{"type": "refusal", "index": 0, "text": "No."}, {"type": "finished", "reason": "stop"}], "refusal"),
        (
            [{"type": "tool_call", "index": 0, "id": "a", "name": "f"}, {"type": "finished", "reason": "stop"}],
            "tool_use",
        ),
    ],
)
def test_why_it_stopped(events: list[Any], reason: str) -> None:
    end = datas(written(events))[-2]["delta"]
    assert end["stop_reason"] == reason
    assert end["stop_sequence"] == ("END" if reason == "stop_sequence" else None)


def test_a_refusal_is_told_in_words() -> None:
    events: list[Any] = [{"type": "refusal", "index": 0, "text": "No."}]
    assert delta(0, type="text_delta", text="No.") in datas(written(events))


def test_an_answer_without_anything_is_still_one() -> None:
    kinds = [data["type"] for data in datas(Writer(REQUEST).finish())]
    assert kinds == ["message_start", "message_delta", "message_stop"]
    assert datas(Writer(REQUEST).finish())[0]["message"]["model"] == "asked"


def test_a_failure_never_looks_like_success() -> None:
    writer = Writer(REQUEST)
    text = b"".join(writer.write(event) for event in SAID[:5])
    text += writer.fail(UpstreamFailed("The provider broke off."), "r1")
    last = datas(text)[-1]
    assert last == {
        "type": "error",
        "error": {"type": "api_error", "message": "The provider broke off."},
        "request_id": "r1",
    }
    assert b"message_stop" not in text and b"message_delta" not in text
