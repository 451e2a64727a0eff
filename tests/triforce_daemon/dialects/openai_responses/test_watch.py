"""A stream that passes through, looked at on its way."""

from typing import Any

import pytest

from tests.triforce_daemon.dialects.openai_responses.test_reader import (
    CREATED,
    GOLDEN,
    MESSAGE,
    USAGE,
    added,
    call,
    delta,
    done,
    ended,
    stream,
)
from tests.triforce_daemon.dialects.splitting import ways_to_cut
from triforce_daemon.dialects.openai_responses.watch import Watch
from triforce_daemon.errors import UpstreamFailed, UpstreamLimited


def test_a_stream_passes_as_it_came_wherever_it_is_cut() -> None:
    last = GOLDEN.rindex(b"event:")
    for chunks in ways_to_cut(GOLDEN):
        watch = Watch()
        assert b"".join(watch.feed(chunk) for chunk in chunks) == GOLDEN[:last]
        assert watch.usage == {"input_tokens": 9, "output_tokens": 5}
        assert (watch.ended, watch.begun, watch.error, watch.pieces) == (True, True, None, 7)
        assert watch.end == GOLDEN[last:]


@pytest.mark.parametrize(
    ("event", "begun"),
    [
        (CREATED, False),
        (added(0, {"type": "message", "content": []}), False),
        (delta("output_text", 0, ""), False),
        (delta("output_text", 0, "a"), True),
        (added(0, call(0)), True),
        (done(0, MESSAGE), True),
    ],
)
def test_what_a_person_sees_begins_it(event: dict[str, Any], begun: bool) -> None:
    watch = Watch()
    watch.feed(stream(event))
    assert watch.begun is begun


@pytest.mark.parametrize(
    "event",
    [
        ended("failed", error={"code": "rate_limit_exceeded", "message": "x"}),
        {"type": "error", "code": "rate_limit_exceeded", "message": "x"},
    ],
)
def test_an_error_is_kept_back_with_all_after_it(event: dict[str, Any]) -> None:
    watch = Watch()
    first = stream(CREATED)
    assert watch.feed(first + stream(event, ended(usage=USAGE))) == first
    assert type(watch.error) is UpstreamLimited
    assert not watch.ended and watch.usage is None
    assert watch.feed(first) == b""


def test_nothing_passes_after_the_end() -> None:
    watch = Watch()
    assert watch.feed(stream(ended("incomplete"), CREATED)) == b""
    assert watch.feed(stream(CREATED)) == b""
    assert watch.ended and watch.end == stream(ended("incomplete"))


@pytest.mark.parametrize("word", ['"type": "error"', '"type":"response.completed"'])
def test_words_in_the_answer_change_nothing(word: str) -> None:
    whole = stream(delta("output_text", 0, word))
    watch = Watch()
    assert watch.feed(whole) == whole
    assert (watch.ended, watch.error) == (False, None)


def test_an_error_deeper_down_is_none() -> None:
    odd = stream(done(0, {"type": "web_search_call", "result": {"type": "error"}})) + b'data: {"type":"error"\n\n'
    watch = Watch()
    assert watch.feed(odd) == odd
    assert watch.error is None


def test_an_event_without_end_is_refused() -> None:
    watch = Watch()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            watch.feed(b"x" * 65_536)
