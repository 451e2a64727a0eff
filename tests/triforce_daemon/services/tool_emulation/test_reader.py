"""A stream of the form, read as an answer with calls."""

import json
from typing import Any

import pytest

from tests.triforce_daemon.dialects.splitting import cut
from triforce_daemon.dialects.gathering import Gathering
from triforce_daemon.dialects.openai_chat.dialect import OpenAIChat
from triforce_daemon.services.tool_emulation.reader import EmulatedReader


def stream(*texts: str, finish: str | None = "stop", deltas: tuple[dict[str, Any], ...] = ()) -> bytes:
    chunks = [{"delta": delta} for delta in deltas] + [{"delta": {"content": text}} for text in texts]
    if finish:
        chunks.append({"delta": {}, "finish_reason": finish})
    lines = [json.dumps({"id": "a1", "model": "m", "choices": [chunk]}) for chunk in chunks]
    usage = '{"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}'
    return "".join(f"data: {line}\n\n" for line in [*lines, usage, "[DONE]"]).encode()


def read(chunks: list[bytes]) -> tuple[EmulatedReader, list[Any]]:
    reader = EmulatedReader(OpenAIChat().reader())
    events: list[Any] = [event for chunk in chunks for event in reader.feed(chunk)]
    return reader, events + reader.end()


def gathered(events: list[Any]) -> Any:
    gathering = Gathering()
    for event in events:
        gathering.take(event)
    return gathering.answer


PARALLEL = '{"calls": [{"name": "f", "arguments": {"a": 1}}, {"name": "g", "arguments": {}}]}'


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_calls_come_with_ids_and_arguments(size: int) -> None:
    whole = stream(*PARALLEL)
    reader, events = read(cut(whole, range(0, len(whole), size)))
    answer = gathered(events)
    assert [(part["id"], part["name"], part["arguments"]) for part in answer.parts] == [
        ("call_0_a1", "f", '{"a": 1}'),
        ("call_1_a1", "g", "{}"),
    ]
    assert (answer.finish, answer.usage["output_tokens"]) == ("tool_calls", 2)
    assert (reader.complete, reader.malformed) == (True, 0)


def test_an_answer_is_text() -> None:
    _, events = read([stream('{"answer"', ': "Hel', 'lo"}')])
    assert [event["text"] for event in events if event["type"] == "text"] == ["Hel", "lo"]
    assert gathered(events).finish == "stop"


def test_thoughts_go_before_as_they_are() -> None:
    _, events = read([stream('{"name": "f", "arguments": {}}', deltas=({"reasoning_content": "hm"},))])
    parts = gathered(events).parts
    assert [part["type"] for part in parts] == ["thinking", "tool_call"]
    assert parts[0]["text"] == "hm"


def test_calls_of_the_upstreams_own_are_kept() -> None:
    call = {"tool_calls": [{"index": 0, "id": "x", "function": {"name": "f", "arguments": "{}"}}]}
    _, events = read([stream(deltas=(call,), finish="tool_calls")])
    (part,) = gathered(events).parts
    assert (part["id"], part["arguments"]) == ("x", "{}")


def test_a_call_that_is_cut_short_says_so() -> None:
    _, events = read([stream('{"name": "f", "arguments": {"a"', finish="length")])
    answer = gathered(events)
    assert (answer.finish, answer.parts[0]["arguments"]) == ("length", '{"a"')


def test_what_breaks_off_is_not_complete() -> None:
    reader, _ = read([stream('{"name": "f"')[:90]])
    assert not reader.complete
