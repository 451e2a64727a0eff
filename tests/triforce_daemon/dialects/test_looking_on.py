"""A stream that passes through and is looked at: how its end may come, in every dialect."""

import importlib
import re
from typing import Any

import pytest

from triforce_daemon.dialects.all import by_name
from triforce_daemon.dialects.dialect import Watch
from triforce_daemon.dialects.looking_on import Marks, is_whole

#: A stream that ends well, cut just before its last event, and that event.
ENDS: dict[str, tuple[bytes, bytes]] = {
    "openai_chat": (b'data: {"choices": [{"index": 0, "delta": {"content": "a"}}]}\n\n', b"data: [DONE]"),
    "openai_responses": (
        b'data: {"type": "response.output_text.delta", "delta": "a"}\n\n',
        b'data: {"type": "response.completed", "response": {}}',
    ),
    "anthropic": (
        b'data: {"type": "content_block_delta", "index": 0, "delta": {}}\n\n',
        b'event: message_stop\ndata: {"type": "message_stop"}',
    ),
    "gemini": (
        b'data: {"candidates": [{"content": {"parts": [{"text": "a"}]}}]}\n\n',
        b'data: {"candidates": [{"finishReason": "STOP"}]}',
    ),
    "ollama": (b'{"message": {"content": "a"}, "done": false}\n', b'{"message": {"content": ""}, "done": true}'),
}
each = pytest.mark.parametrize("name", ENDS)


def watched(name: str, stream: bytes) -> Watch:
    watch = by_name()[name].watch({})
    watch.feed(stream)
    return watch


@each
@pytest.mark.parametrize("closing", [b"", b"\n"])
def test_the_last_event_needs_no_blank_line_where_the_stream_closes_in_order(name: str, closing: bytes) -> None:
    first, last = ENDS[name]
    watch = watched(name, first + last + closing)
    watch.rest()
    assert (watch.begun, watch.ended, watch.error) == (True, True, None)
    assert watch.end


@each
def test_an_event_that_is_cut_short_does_not_reach_the_client(name: str) -> None:
    first, last = ENDS[name]
    watch = watched(name, first + last[:-1])
    assert watch.rest() == b""
    assert not watch.ended


@each
def test_a_stream_that_closes_in_the_middle_is_not_over(name: str) -> None:
    watch = watched(name, ENDS[name][0])
    assert watch.rest() == b""
    assert not watch.ended


def test_a_reason_and_an_end_in_good_order_are_enough_for_cerebras() -> None:
    chunk = b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\n'
    watch = by_name()["openai_chat"].watch({})
    assert watch.feed(chunk) == chunk
    assert not watch.ended, "its usage may still come"
    assert watch.rest() == b""
    assert watch.ended
    assert watch.end == b"data: [DONE]\n\n"


def test_an_error_is_no_end() -> None:
    failed = b'data: {"choices": [{"finish_reason": "error"}], "error": {"message": "x"}}\n\n'
    watch = watched("openai_chat", failed)
    watch.rest()
    assert watch.error is not None
    assert not watch.ended


@pytest.mark.parametrize(("data", "whole"), [(b"{}", True), (b"[DONE]", True), (b'{"a', False), (None, False)])
def test_what_is_whole(data: bytes | None, whole: bool) -> None:
    assert is_whole(data) is whole


def marks_of(name: str) -> Marks:
    module: Any = importlib.import_module(f"triforce_daemon.dialects.{name}.watch")
    return getattr(module, "_MARKED", None) or module.Watch._MARKED


@each
def test_a_mark_begins_with_plain_text_so_that_it_is_found_fast(name: str) -> None:
    for pattern in marks_of(name).patterns:
        assert re.match(rb'("[A-Za-z_]+"|\\\[[A-Z]+\\\])', pattern.pattern), pattern.pattern


@each
def test_what_comes_before_the_first_mark_is_not_read_and_is_not_lost(name: str) -> None:
    first, last = ENDS[name]
    closing = b"\n" if name == "ollama" else b"\n\n"
    together = watched(name, b"")
    passed = together.feed(first * 50 + last + closing)
    assert passed.startswith(first * 50)
    assert together.ended
    assert together.pieces >= 50
    apart = watched(name, b"")
    assert b"".join(apart.feed(one) for one in [*[first] * 50, last + closing]) == passed
    assert (apart.pieces, apart.usage, apart.end) == (together.pieces, together.usage, together.end)


def test_the_first_of_several_marks() -> None:
    marks = Marks(rb'"b"', rb'"a" ?:')
    assert marks.first(b'  "a": "b"') == 2
    assert marks.first(b'"b" "a":') == 0
    assert marks.first(b'"a", b') == -1
