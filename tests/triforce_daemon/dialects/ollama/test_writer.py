"""A client's stream."""

import itertools
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import streams, whole
from tests.triforce_daemon.dialects.splitting import merged, read, written
from triforce_daemon.dialects.canonical import Event, Request
from triforce_daemon.dialects.ollama.reader import Reader
from triforce_daemon.dialects.ollama.writer import Writer
from triforce_daemon.errors import UpstreamFailed

EVENTS: list[Any] = [
    {"type": "started", "id": "a1", "model": "m"},
    {"type": "thinking", "index": 0, "text": "hm"},
    {"type": "signature", "index": 0, "signature": "s", "origin": "anthropic"},
    {"type": "text", "index": 1, "text": "Grüße\n"},
    {"type": "refusal", "index": 2, "text": "no"},
    {"type": "tool_call", "index": 3, "id": "c1", "name": "f"},
    {"type": "arguments", "index": 3, "text": '{\n"a"'},
    {"type": "arguments", "index": 3, "text": ":\r\n1}"},
    {"type": "tool_call", "index": 4, "id": "c2", "name": "g"},
    {"type": "finished", "reason": "tool_calls"},
    {"type": "usage", "usage": {"input_tokens": 9, "output_tokens": 5, "cached_tokens": 4}},
]


def clock() -> Callable[[], float]:
    ticks = itertools.count(100)
    return lambda: float(next(ticks))


def writer(model: str = "m") -> Writer:
    return Writer(Request(model, []), clock())


def lines(stream: bytes) -> list[Any]:
    assert stream.endswith(b"\n")
    return [orjson.loads(line) for line in stream[:-1].split(b"\n")]


def test_each_piece_is_a_line_and_each_call_is_one() -> None:
    found = lines(written(writer(), EVENTS))
    assert [line["message"] for line in found] == [
        {"role": "assistant", "content": "", "thinking": "hm"},
        {"role": "assistant", "content": "Grüße\n"},
        {"role": "assistant", "content": "no"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c1", "function": {"index": 0, "name": "f", "arguments": {"a": 1}}}],
        },
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c2", "function": {"index": 1, "name": "g", "arguments": {}}}],
        },
        {"role": "assistant", "content": ""},
    ]
    assert [line["done"] for line in found] == [False] * 5 + [True]
    assert {line["model"] for line in found} == {"m"}
    assert found[0]["created_at"] == "1970-01-01T00:01:41.000000Z"


def test_the_last_line_tells_how_it_went() -> None:
    last = lines(written(writer(), EVENTS))[-1]
    assert (last["done_reason"], last["prompt_eval_count"], last["eval_count"]) == ("stop", 9, 5)
    assert (last["total_duration"], last["prompt_eval_duration"], last["eval_duration"]) == (
        6 * 10**9,
        10**9,
        5 * 10**9,
    )


def test_without_a_word_there_is_still_a_last_line() -> None:
    (last,) = lines(written(writer("m"), [{"type": "finished", "reason": "length"}]))
    assert (last["model"], last["done"], last["done_reason"]) == ("m", True, "length")
    assert "eval_count" not in last


def test_the_clients_library_understands() -> None:
    ollama = pytest.importorskip("ollama")
    for line in lines(written(writer(), EVENTS)):
        ollama.ChatResponse.model_validate(line)


@given(streams("ollama"))
def test_what_is_written_is_read(events: list[Event]) -> None:
    found, meant = whole(read(Reader(), [written(writer(), events)])), whole(events)
    meant["parts"] = merged(meant["parts"])
    used = meant["usage"]
    meant["usage"] = {name: used[name] for name in ("input_tokens", "output_tokens")}
    assert found == meant


def test_arguments_of_another_call_are_not_taken_for_this_ones() -> None:
    late: Any = {"type": "arguments", "index": 2, "text": "!"}
    found = lines(written(writer(), [*EVENTS[:7], late, *EVENTS[7:]]))
    assert found[3]["message"]["tool_calls"][0]["function"]["arguments"] == {"a": 1}


def test_a_failure_never_looks_like_success() -> None:
    one = writer()
    stream = b"".join(one.write(event) for event in EVENTS[:4]) + one.fail(UpstreamFailed("broken", "Try."), "r1")
    assert lines(stream)[-1] == {"error": "broken Try."}
    assert b'"done":true' not in stream
    reader = Reader()
    assert read(reader, [stream])[-1]["type"] == "failed"


def test_an_error_that_is_read_is_not_written() -> None:
    assert writer().write({"type": "failed", "code": "x", "message": "y"}) == b""
