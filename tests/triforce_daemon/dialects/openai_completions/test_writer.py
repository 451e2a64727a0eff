"""The answer as a stream."""

from typing import Any

import orjson

from triforce_daemon.dialects import sse
from triforce_daemon.dialects.canonical import Request
from triforce_daemon.dialects.openai_completions.dialect import OpenAICompletions
from triforce_daemon.errors import UpstreamFailed

EVENTS: list[Any] = [
    {"type": "started", "id": "a1", "model": "m"},
    {"type": "thinking", "index": 0, "text": "hm"},
    {"type": "text", "index": 1, "text": "On"},
    {"type": "text", "index": 1, "text": "ce"},
    {"type": "finished", "reason": "length"},
    {"type": "usage", "usage": {"input_tokens": 3, "output_tokens": 2}},
]


def written(*, include_usage: bool) -> list[Any]:
    writer = OpenAICompletions(lambda: 1.5).writer(Request("m", [], include_usage=include_usage))
    stream = b"".join(writer.write(event) for event in EVENTS) + writer.finish()
    *chunks, last = sse.data_of_each(stream)
    assert last == b"[DONE]"
    return [orjson.loads(chunk) for chunk in chunks]


def test_a_stream() -> None:
    chunks = written(include_usage=False)
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == "Once"
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, None, "length"]
    assert {(chunk["id"], chunk["object"], chunk["created"]) for chunk in chunks} == {("a1", "text_completion", 1)}


def test_usage_comes_for_those_who_ask() -> None:
    last = written(include_usage=True)[-1]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 5)


def test_what_fails_does_not_look_done() -> None:
    failed = OpenAICompletions().writer(Request("m", [])).fail(UpstreamFailed("It broke."), "r1")
    assert b"It broke." in failed
    assert b"[DONE]" not in failed
