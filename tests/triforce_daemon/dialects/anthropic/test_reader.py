"""An upstream's stream is read the same, however the network splits it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.anthropic.stream_fixtures import EVENTS, stream
from tests.triforce_daemon.dialects.canonical_values import damaged
from triforce_daemon.dialects.anthropic.reader import Reader
from triforce_daemon.errors import UpstreamFailed

READ: list[dict[str, Any]] = [
    {
        "type": "started",
        "id": "msg_014p7gG3wDgGV9EUtLvnow3U",
        "model": "claude-opus-4-6",
        "usage": {"input_tokens": 500, "output_tokens": 2, "cached_tokens": 28},
    },
    {"type": "thinking", "index": 0, "text": "Weather, "},
    {"type": "thinking", "index": 0, "text": "two cities."},
    {"type": "signature", "index": 0, "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3h", "origin": "anthropic"},
    {"type": "signature", "index": 1, "signature": "EmwKAhgB", "origin": "anthropic", "redacted": True},
    {"type": "text", "index": 2, "text": "Grüß dich"},
    {"type": "text", "index": 2, "text": " 🌦"},
    {"type": "tool_call", "index": 3, "id": "toolu_01T1x", "name": "get_weather"},
    {"type": "arguments", "index": 3, "text": '{"city": "Zü'},
    {"type": "arguments", "index": 3, "text": 'rich", "days": 1.0}'},
    {"type": "tool_call", "index": 4, "id": "toolu_02T2y", "name": "now"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 500, "output_tokens": 89, "cached_tokens": 28}},
]


def read(*chunks: bytes) -> tuple[Reader, list[Any]]:
    reader = Reader()
    events: list[Any] = [event for chunk in chunks for event in reader.feed(chunk)]
    return reader, [*events, *reader.end()]


def test_a_stream_is_read() -> None:
    reader, events = read(stream())
    assert events == READ
    assert (reader.complete, reader.malformed) == (True, 0)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_every_offset(line_end: str) -> None:
    whole = stream().replace(b"\n", line_end.encode())
    for cut in range(len(whole)):
        assert read(whole[:cut], whole[cut:])[1] == READ


@given(st.lists(st.integers(0, len(stream())), max_size=12).map(sorted))
def test_every_way_to_split(cuts: list[int]) -> None:
    whole = stream()
    assert read(*(whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)))[1] == READ


@pytest.mark.parametrize("kept", range(len(EVENTS)))
def test_a_stream_that_breaks_off_is_not_complete(kept: int) -> None:
    reader, events = read(stream(EVENTS[:kept]))
    assert not reader.complete
    assert events == READ[: len(events)]


def test_the_last_event_may_lack_its_blank_line() -> None:
    reader, events = read(stream().rstrip())
    assert events == READ
    assert reader.complete


def test_nothing_follows_the_end() -> None:
    assert read(stream() + stream())[1] == READ


BROKEN = [
    "{",
    "[]",
    "7",
    '"x"',
    "{}",
    '{"type": []}',
    '{"type":"content_block_delta"}',
    '{"type":"message_start","message":7}',
    '{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":7}}',
    '{"type":"content_block_delta","index":{},"delta":{}}',
    '{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":7,"name":"x"}}',
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("place", [1, 11])
def test_a_malformed_event_is_skipped_and_counted(broken: str, place: int) -> None:
    reader, events = read(stream([*EVENTS[:place], ("x", broken), *EVENTS[place:]]))
    if place == 11 or "text_delta" not in broken:  # before its block begins, a delta is nobody's
        assert reader.malformed == 1
    assert events == READ


def test_events_that_nobody_knows_are_nothing() -> None:
    reader, events = read(stream([*EVENTS[:5], ("new", '{"type":"new_event"}'), *EVENTS[5:]]))
    assert (events, reader.malformed) == (READ, 0)


def only(*datas: str) -> list[Any]:
    return read(stream([("x", data) for data in datas]))[1]


START = '{"type":"content_block_start","index":0,"content_block":%s}'
STOP = '{"type":"content_block_stop","index":0}'


def test_arguments_may_come_whole_with_the_start() -> None:
    call = START % '{"type":"tool_use","id":"a","name":"f","input":{"b": 1}}'
    assert only(call, STOP)[1] == {"type": "arguments", "index": 0, "text": '{"b":1}'}
    delta = '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}'
    assert [event["text"] for event in only(call, delta, STOP)[1:]] == ["{}"]


def test_text_may_come_with_the_start() -> None:
    assert only(START % '{"type":"text","text":"Hi"}') == [{"type": "text", "index": 0, "text": "Hi"}]
    assert only(START % '{"type":"thinking","thinking":"Hm"}') == [{"type": "thinking", "index": 0, "text": "Hm"}]


def test_a_signature_may_come_in_pieces() -> None:
    piece = '{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"ab"}}'
    [signed] = only(START % '{"type":"thinking"}', piece, piece, STOP)
    assert signed["signature"] == "abab"


END = '{"type":"message_delta","delta":%s,"usage":{"output_tokens":3}}'


def test_why_it_stopped() -> None:
    assert only(END % '{"stop_reason":"stop_sequence","stop_sequence":"END"}')[0] == {
        "type": "finished",
        "reason": "stop",
        "stop_sequence": "END",
    }


def test_why_it_refused() -> None:
    details = '{"type":"refusal","category":"bio","explanation":"Not this."}'
    assert only(END % f'{{"stop_reason":"refusal","stop_details":{details}}}')[:2] == [
        {"type": "refusal", "index": 0, "text": "Not this."},
        {"type": "finished", "reason": "refusal"},
    ]


def test_an_error_ends_the_stream() -> None:
    error = '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'
    reader, events = read(stream([*EVENTS[:5], ("error", error), *EVENTS[5:]]))
    assert not reader.complete
    assert events[:-1] == READ[:3]
    assert (events[-1]["type"], events[-1]["code"]) == ("failed", "provider_unavailable")
    assert "Overloaded" in events[-1]["message"]


@given(st.sampled_from(EVENTS).flatmap(lambda event: damaged(json.loads(event[1]))))
def test_whatever_comes_is_read_or_skipped(event: dict[str, Any]) -> None:
    for place in (0, 11, 20):
        read(stream([*EVENTS[:place], ("x", json.dumps(event)), *EVENTS[place:]]))


@pytest.mark.parametrize(
    "endless",
    [
        b"x" * 65536,
        stream([("x", START % '{"type":"thinking"}')])
        + stream(
            [
                (
                    "x",
                    '{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"%s"}}'
                    % ("s" * 65536),
                )
            ]
        )
        * 2,
    ],
)
def test_what_does_not_end_does_not_fill_the_memory(endless: bytes) -> None:
    reader = Reader()
    head, _, piece = endless.partition(b"\n\n")
    reader.feed(head + b"\n\n" if piece else b"data: ")
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            reader.feed(piece or endless)


def test_blocks_that_never_stop_are_counted_as_malformed() -> None:
    reader = Reader()
    for number in range(1_000):
        reader.feed(stream([("x", (START % '{"type":"text","text":""}').replace('"index":0', f'"index":{number}'))]))
    assert reader.malformed == 1_000 - 256


def test_arguments_of_a_block_that_is_no_call_are_malformed() -> None:
    piece = '{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{}"}}'
    reader, events = read(stream([("x", START % '{"type":"text","text":""}'), ("x", piece)]))
    assert (reader.malformed, events) == (1, [])
