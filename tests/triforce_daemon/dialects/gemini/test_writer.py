"""A client's stream, chunk by chunk; calls go out whole."""

import json
from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import streams, whole
from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Event, Request
from triforce_daemon.dialects.gemini.reader import Reader
from triforce_daemon.dialects.gemini.writer import Writer
from triforce_daemon.errors import UpstreamFailed

SHOWN = Request("asked", [], thinking={"visible": True})
HIDDEN = Request("asked", [])

SAID: list[Any] = [
    {"type": "started", "id": "r1", "model": "m"},
    {"type": "thinking", "index": 0, "text": "Hm."},
    {"type": "signature", "index": 0, "signature": "c2ln", "origin": "gemini"},
    {"type": "text", "index": 1, "text": "Grüß "},
    {"type": "text", "index": 1, "text": "dich"},
    {"type": "tool_call", "index": 2, "id": "c1", "name": "weather", "signature": "c2lu"},
    {"type": "arguments", "index": 2, "text": '{"city": "Zü'},
    {"type": "arguments", "index": 2, "text": 'rich"}'},
    {"type": "tool_call", "index": 3, "id": "c2", "name": "now"},
    {"type": "text", "index": 4, "text": "!"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 12, "output_tokens": 30, "reasoning_tokens": 4}},
]


def written(events: list[Any], request: Request = SHOWN) -> bytes:
    writer = Writer(request)
    return b"".join(writer.write(event) for event in events) + writer.finish()


def chunks(text: bytes) -> list[dict[str, Any]]:
    found = [json.loads(data) for data in sse.data_of_each(text)]
    assert text == b"".join(sse.event(data) for data in sse.data_of_each(text))
    return found


def parts(text: bytes) -> list[Any]:
    return [part for chunk in chunks(text) for part in chunk["candidates"][0]["content"]["parts"]]


def test_a_stream_is_written() -> None:
    *pieces, last = chunks(written(SAID))
    thought = {"text": "", "thought": True, "thoughtSignature": "c2ln"}
    call = {"functionCall": {"id": "c1", "name": "weather", "args": {"city": "Zürich"}}, "thoughtSignature": "c2lu"}
    said: list[Any] = [
        {"text": "Hm.", "thought": True},
        thought,
        {"text": "Grüß "},
        {"text": "dich"},
        call,
        {"functionCall": {"id": "c2", "name": "now", "args": {}}},
        {"text": "!"},
    ]
    assert pieces == [
        {
            "candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}],
            "modelVersion": "m",
            "responseId": "r1",
        }
        for part in said
    ]
    assert last == {
        "candidates": [{"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {
            "promptTokenCount": 12,
            "candidatesTokenCount": 26,
            "totalTokenCount": 42,
            "thoughtsTokenCount": 4,
        },
        "modelVersion": "m",
        "responseId": "r1",
    }


@given(streams("gemini"))
def test_what_is_written_is_read_again(events: list[Event]) -> None:
    reader = Reader()
    assert whole(reader.feed(written(events))) == whole(events)
    assert reader.complete


def test_a_call_keeps_its_bytes() -> None:
    events: list[Any] = [
        SAID[5],
        {"type": "arguments", "index": 2, "text": '{"n": 1.0,  "big": 12345678901234567890123}'},
    ]
    assert b'"args":{"n": 1.0,  "big": 12345678901234567890123}' in written(events)


def test_thoughts_are_for_those_who_ask_for_them() -> None:
    assert parts(written(SAID, HIDDEN))[0] == {"text": "Grüß "}


def test_others_signatures_mean_nothing_here() -> None:
    events: list[Any] = [{"type": "signature", "index": 0, "signature": "x", "origin": "anthropic"}]
    assert parts(written(events)) == [{"text": ""}]


def test_thoughts_do_not_overtake_a_call() -> None:
    events: list[Any] = [SAID[5], {"type": "thinking", "index": 3, "text": "Hm."}, {**SAID[2], "index": 3}]
    assert [next(iter(part)) for part in parts(written(events))] == ["functionCall", "text", "text", "text"]


def test_nothing_is_written_for_nothing() -> None:
    writer = Writer(SHOWN)
    assert writer.write({"type": "text", "index": 0, "text": ""}) == b""
    assert writer.write({"type": "thinking", "index": 0, "text": ""}) == b""
    assert writer.write({"type": "failed", "code": "upstream_failed", "message": "x"}) == b""


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("stop", "STOP"),
        ("length", "MAX_TOKENS"),
        ("refusal", "SAFETY"),
        ("content_filter", "SAFETY"),
        ("other", "OTHER"),
    ],
)
def test_why_it_stopped(reason: Any, word: str) -> None:
    assert chunks(written([{"type": "finished", "reason": reason}]))[-1]["candidates"][0]["finishReason"] == word


def test_an_answer_without_anything_is_still_one() -> None:
    [chunk] = chunks(Writer(SHOWN).finish())
    assert (chunk["modelVersion"], chunk["candidates"][0]["finishReason"]) == ("asked", "STOP")
    assert "usageMetadata" not in chunk


def test_a_failure_never_looks_like_success() -> None:
    writer = Writer(SHOWN)
    text = b"".join(writer.write(event) for event in SAID[:7])
    text += writer.fail(UpstreamFailed("The provider broke off."), "r1")
    last = chunks(text)[-1]
    assert list(last) == ["error"] and last["error"]["message"] == "The provider broke off."
    assert b"finishReason" not in text and b"functionCall" not in text
