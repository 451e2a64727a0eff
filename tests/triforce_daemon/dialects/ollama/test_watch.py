"""A stream that passes through, looked at on its way."""

from typing import Any

import pytest

from tests.triforce_daemon.dialects.ollama.test_reader import GOLDEN, call, line, stream
from tests.triforce_daemon.dialects.splitting import ways_to_cut
from triforce_daemon.dialects.ollama.watch import Watch
from triforce_daemon.errors import UpstreamFailed


def test_a_stream_passes_as_it_came_wherever_it_is_cut() -> None:
    last = GOLDEN.rindex(b"\n", 0, -1) + 1
    for chunks in ways_to_cut(GOLDEN):
        watch = Watch()
        assert b"".join(watch.feed(chunk) for chunk in chunks) == GOLDEN[:last]
        assert watch.usage == {"input_tokens": 9, "output_tokens": 5}
        assert (watch.ended, watch.begun, watch.error) == (True, True, None)
        assert watch.end == GOLDEN[last:]


@pytest.mark.parametrize(
    ("one", "begun"),
    [
        (line(), False),
        (line(content="a"), True),
        (line(thinking="a"), True),
        (line(tool_calls=[call("f", {})]), True),
        ({"response": "a", "done": False}, True),
        ({"response": "", "done": False}, False),
    ],
)
def test_what_a_person_sees_begins_it(one: dict[str, Any], begun: bool) -> None:
    watch = Watch()
    watch.feed(stream(one))
    assert (watch.begun, watch.pieces) == (begun, 1)


def test_an_error_is_kept_back_with_all_after_it() -> None:
    watch = Watch()
    first = stream(line(content="a"))
    assert watch.feed(first + stream({"error": "it broke"}, line(True, eval_count=1))) == first
    assert isinstance(watch.error, UpstreamFailed)
    assert not watch.ended and watch.usage is None
    assert watch.feed(first) == b""


def test_nothing_passes_after_the_end() -> None:
    watch = Watch()
    assert watch.feed(stream(line(True), line(content="late"))) == b""
    assert watch.feed(stream(line(content="late"))) == b""
    assert watch.ended and watch.error is None


@pytest.mark.parametrize("words", ['"done": true', '"done":true', '"error": "x"'])
def test_words_in_the_answer_change_nothing(words: str) -> None:
    whole = stream(line(content=words))
    watch = Watch()
    assert watch.feed(whole) == whole
    assert (watch.ended, watch.error) == (False, None)


def test_lines_that_are_no_answer_pass() -> None:
    odd = b'{"done": true\n["done": true]\n[{"done":true}]\n{"x":{"done":true}}\n'
    watch = Watch()
    assert watch.feed(odd) == odd
    assert not watch.ended


def test_a_line_without_end_is_refused() -> None:
    watch = Watch()
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            watch.feed(b"x" * 65_536)
