"""An upstream's stream is read the same, however the network splits it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import damaged
from tests.triforce_daemon.dialects.gemini.stream_fixtures import CHUNKS, TAIL, stream
from triforce_daemon.dialects.gemini.answer import made_id
from triforce_daemon.dialects.gemini.reader import Reader
from triforce_daemon.errors import UpstreamFailed

ID = "X7c-aM_ZHqWN7M8P4fi8mA0"
WEATHER = made_id(ID, 0, "get_weather", '{"city":"Zürich","days":1}')

READ: list[dict[str, Any]] = [
    {"type": "started", "id": ID, "model": "gemini-3.8-flash"},
    {"type": "thinking", "index": 0, "text": "**Weather**, "},
    {"type": "thinking", "index": 0, "text": "two cities."},
    {"type": "text", "index": 1, "text": "Grüß dich"},
    {"type": "text", "index": 1, "text": " 🌦"},
    {"type": "tool_call", "index": 2, "id": WEATHER, "name": "get_weather", "signature": "CiQB0e2Kb5Jt"},
    {"type": "arguments", "index": 2, "text": '{"city":"Zürich","days":1}'},
    {"type": "tool_call", "index": 3, "id": "k3v9", "name": "now"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 96, "output_tokens": 95, "reasoning_tokens": 64}},
]


def read(*chunks: bytes) -> tuple[Reader, list[Any]]:
    reader = Reader()
    events: list[Any] = [event for chunk in chunks for event in reader.feed(chunk)]
    return reader, [*events, *reader.end()]


def only(*parts: Any, **more: Any) -> list[Any]:
    chunk = {"candidates": [{"content": {"parts": list(parts)}, **more}]}
    return read(stream([json.dumps(chunk)]))[1][1:]


def test_a_stream_is_read() -> None:
    reader, events = read(stream())
    assert events == READ
    assert (reader.complete, reader.malformed) == (True, 0)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_offset(line_end: str) -> None:
    whole = stream(line_end=line_end)
    for cut in range(len(whole)):
        assert read(whole[:cut], whole[cut:])[1] == READ


@given(st.lists(st.integers(0, len(stream())), max_size=12).map(sorted))
def test_every_way_to_split(cuts: list[int]) -> None:
    whole = stream()
    assert read(*(whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)))[1] == READ


def test_a_stream_that_breaks_off_is_not_complete_and_tells_what_was_used() -> None:
    reader, events = read(stream(CHUNKS[:3]))
    assert not reader.complete
    assert events[:-1] == READ[:4]
    assert events[-1]["usage"] == {"input_tokens": 96, "output_tokens": 66, "reasoning_tokens": 64}
    assert read(b"")[1] == []


@given(st.integers(0, len(stream(CHUNKS[:2]) + TAIL)))
def test_the_provider_tells_in_plain_json_why_it_broke_off(cut: int) -> None:
    whole = stream(CHUNKS[:2]) + TAIL
    reader, events = read(whole[:cut], whole[cut:])
    assert not reader.complete
    assert [event["type"] for event in events[-2:]] == ["usage", "failed"]
    assert events[-1]["code"] == "provider_unavailable"
    assert "High demand." in events[-1]["message"]


def test_the_last_event_may_lack_its_blank_line() -> None:
    reader, events = read(stream().rstrip())
    assert events == READ
    assert reader.complete


def test_plain_json_after_the_end_changes_nothing() -> None:
    assert read(stream() + TAIL)[1] == READ


def test_plain_text_is_no_error() -> None:
    reader, events = read(stream(CHUNKS[:2]) + b"{ oops")
    assert events[-1]["type"] == "usage"
    assert not reader.complete


def test_an_error_ends_the_stream() -> None:
    error = '{"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}}'
    reader, events = read(stream([*CHUNKS[:2], error, *CHUNKS[2:]]))
    assert not reader.complete
    assert events[:-1] == READ[:3]
    assert (events[-1]["type"], events[-1]["code"]) == ("failed", "rate_limited")


def test_figures_may_come_after_the_end() -> None:
    used = '"usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2}'
    late = f'{{{used}, "candidates": [{{"finishReason": "STOP"}}]}}'
    events = read(stream([*CHUNKS, late]))[1]
    assert events[:-1] == READ
    assert events[-1] == {"type": "usage", "usage": {"input_tokens": 1, "output_tokens": 2}}


def test_a_prompt_that_was_blocked() -> None:
    reader, events = read(
        stream(['{"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 4}}'])
    )
    assert [event["type"] for event in events] == ["started", "finished", "usage"]
    assert events[1]["reason"] == "content_filter"
    assert reader.complete


@pytest.mark.parametrize("broken", ["{", "[]", "7", '"x"'])
def test_a_malformed_chunk_is_skipped_and_counted(broken: str) -> None:
    reader, events = read(stream([*CHUNKS[:2], broken, *CHUNKS[2:]]))
    assert (events, reader.malformed) == (READ, 1)


@pytest.mark.parametrize("part", [7, None, {"functionCall": {"args": {}}}, {"functionCall": {"name": 7}}])
def test_a_malformed_part_is_skipped_and_counted(part: Any) -> None:
    chunk = {"candidates": [{"content": {"parts": [part, {"text": "a"}]}}]}
    reader, events = read(stream([json.dumps(chunk)]))
    assert reader.malformed == 1
    assert events[1:] == [{"type": "text", "index": 0, "text": "a"}]


def test_signed_thoughts_end() -> None:
    thought = {"text": "a", "thought": True, "thoughtSignature": "s"}
    assert only(thought, thought, {"text": "", "thought": True, "thoughtSignature": "t"}) == [
        {"type": "thinking", "index": 0, "text": "a"},
        {"type": "signature", "index": 0, "signature": "s", "origin": "gemini"},
        {"type": "thinking", "index": 1, "text": "a"},
        {"type": "signature", "index": 1, "signature": "s", "origin": "gemini"},
        {"type": "signature", "index": 2, "signature": "t", "origin": "gemini"},
    ]


def test_what_only_this_dialect_has_is_left_out() -> None:
    code, picture = {"executableCode": {"code": "1"}}, {"inlineData": {"mimeType": "image/png", "data": "eA=="}}
    assert only(code, {"text": "a"}, picture, {"text": "b"}) == [
        {"type": "text", "index": 0, "text": "a"},
        {"type": "text", "index": 0, "text": "b"},
    ]


def test_calls_are_parts_of_their_own() -> None:
    call: dict[str, Any] = {"functionCall": {"id": "x", "name": "f", "args": {}}}
    assert [(event["type"], event["index"]) for event in only(call, call, {"text": "a"}, call)] == [
        ("tool_call", 0),
        ("tool_call", 1),
        ("text", 2),
        ("tool_call", 3),
    ]


@pytest.mark.parametrize(
    ("reason", "finish"), [("MAX_TOKENS", "length"), ("SAFETY", "content_filter"), ("NEW", "other")]
)
def test_why_it_stopped(reason: str, finish: str) -> None:
    assert only(finishReason=reason) == [{"type": "finished", "reason": finish}]


@given(st.sampled_from(CHUNKS).flatmap(lambda chunk: damaged(json.loads(chunk))))
def test_whatever_comes_is_read_or_skipped(chunk: dict[str, Any]) -> None:
    for place in (0, 2, 5):
        read(stream([*CHUNKS[:place], json.dumps(chunk), *CHUNKS[place:]]))


def test_what_does_not_end_does_not_fill_the_memory() -> None:
    reader = Reader()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            reader.feed(b"x" * 65536)
