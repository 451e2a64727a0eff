"""A stream that passes through, looked at on its way."""

from typing import Any

import pytest

from tests.triforce_daemon.dialects.openai_chat.test_reader import GOLDEN, USAGE, call, chunk, stream
from tests.triforce_daemon.dialects.splitting import ways_to_cut
from triforce_daemon.dialects.openai_chat.watch import Watch
from triforce_daemon.errors import UpstreamFailed, UpstreamLimited

ALONE: dict[str, Any] = {"id": "a", "model": "m", "choices": [], "usage": USAGE}


def passed(watch: Watch, chunks: list[bytes]) -> bytes:
    return b"".join(watch.feed(chunk) for chunk in chunks)


@pytest.mark.parametrize("keep", [True, False])
def test_a_stream_passes_as_it_came_wherever_it_is_cut(keep: bool) -> None:
    end = GOLDEN.index(b"data: [DONE]")
    usage = GOLDEN.rindex(b"data:", 0, end)
    for chunks in ways_to_cut(GOLDEN):
        watch = Watch(keep_usage=keep)
        assert passed(watch, chunks) == (GOLDEN[:end] if keep else GOLDEN[:usage])
        assert watch.usage == {"input_tokens": 9, "output_tokens": 5}
        assert (watch.ended, watch.begun, watch.error, watch.pieces) == (True, True, None, 8)
        assert watch.end == b"data: [DONE]\n\n"


def test_usage_beside_a_choice_stays() -> None:
    watch = Watch(keep_usage=False)
    whole = stream(chunk({"content": "a"}, "stop", usage=USAGE))
    assert passed(watch, [whole]) == whole.removesuffix(b"data: [DONE]\n\n")
    assert watch.usage is not None


def test_empty_usage_in_every_piece_is_not_looked_at() -> None:
    watch = Watch(keep_usage=False)
    whole = stream(chunk({"content": "a"}, usage=None), done=False)
    assert passed(watch, [whole]) == whole
    assert watch.usage is None


@pytest.mark.parametrize(
    ("delta", "begun"),
    [
        ({"role": "assistant", "content": ""}, False),
        ({"content": None}, False),
        ({"content": "a"}, True),
        ({"content": [{"type": "text", "text": "a"}]}, True),
        ({"reasoning": "hm"}, True),
        ({"reasoning_content": "hm"}, True),
        ({"refusal": "no"}, True),
        (call(0, "c", "f", ""), True),
    ],
)
def test_what_a_person_sees_begins_it(delta: dict[str, Any], begun: bool) -> None:
    watch = Watch(keep_usage=True)
    watch.feed(stream(chunk(delta), done=False))
    assert watch.begun is begun


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_what_nobody_sees_is_no_piece_also_where_it_comes_with_the_first(end: bytes) -> None:
    unseen, seen = chunk({"role": "assistant", "content": ""}), chunk({"content": "a"})
    watch = Watch(keep_usage=True)
    whole = stream(unseen, unseen, seen, seen, done=False).replace(b"\n", end)
    assert watch.feed(whole) == whole
    assert (watch.begun, watch.pieces) == (True, 2)


def test_groqs_usage_is_found_where_it_tells_it() -> None:
    watch = Watch(keep_usage=True)
    watch.feed(stream(chunk({"content": "a"}), chunk({}, x_groq={"id": "r", "usage": USAGE}), done=False))
    assert watch.usage == {"input_tokens": 9, "output_tokens": 5}


def test_an_error_is_kept_back_with_all_after_it() -> None:
    watch = Watch(keep_usage=True)
    first = stream(chunk({"content": "a"}), done=False)
    assert watch.feed(first + stream({"error": {"message": "x", "code": 429}}, ALONE)) == first
    assert type(watch.error) is UpstreamLimited
    assert not watch.ended and watch.usage is None
    assert watch.feed(first) == b""


def test_nothing_passes_after_the_end() -> None:
    watch = Watch(keep_usage=True)
    assert watch.feed(stream() + stream(chunk({"content": "late"}))) == b""
    assert watch.feed(stream(chunk({"content": "late"}))) == b""
    assert watch.ended and watch.error is None


@pytest.mark.parametrize("word", ['"error": "x"', '"usage": {}', "[DONE]", '\\"error\\":1'])
def test_words_in_the_answer_change_nothing(word: str) -> None:
    whole = stream(chunk({"content": word}), done=False)
    watch = Watch(keep_usage=False)
    assert watch.feed(whole) == whole
    assert (watch.ended, watch.error, watch.usage) == (False, None, None)


def test_lines_that_are_no_json_pass() -> None:
    odd = b'data: {"error": {\n\ndata: ["error": 1]\n\ndata: [{"error": 1}]\n\n: "error": 1\n\n'
    assert Watch(keep_usage=True).feed(odd) == odd


def test_an_event_without_end_is_refused() -> None:
    watch = Watch(keep_usage=True)
    with pytest.raises(UpstreamFailed):
        for _ in range(1024):
            watch.feed(b"x" * 65_536)
