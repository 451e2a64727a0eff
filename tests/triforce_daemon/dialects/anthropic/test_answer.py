"""Whole answers, both ways."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import (
    TEXTS,
    arguments,
    by_value,
    damaged,
    usages,
)
from triforce_daemon.dialects.anthropic.answer import read_answer, write_answer
from triforce_daemon.dialects.canonical import Answer, FinishReason, Part
from triforce_daemon.errors import ProviderUnavailable, TriforceError, UpstreamFailed

#: As the documentation has it.
ANSWER: dict[str, Any] = {
    "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-4-6",
    "content": [
        {"type": "thinking", "thinking": "Two cities.", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"},
        {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"},
        {"type": "text", "text": "I'll look."},
        {
            "type": "tool_use",
            "id": "toolu_01A",
            "name": "weather",
            "input": {"city": "Zürich"},
            "caller": {"type": "direct"},
        },
        {"type": "tool_use", "id": "toolu_01B", "name": "weather", "input": {}},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "stop_details": None,
    "usage": {
        "input_tokens": 12,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 100,
        "output_tokens": 60,
        "output_tokens_details": {"thinking_tokens": 20},
    },
}


def test_an_answer_is_read() -> None:
    answer = read_answer(ANSWER)
    assert (answer.id, answer.model, answer.finish) == (ANSWER["id"], "claude-opus-4-6", "tool_calls")
    assert [part["type"] for part in answer.parts] == [
        "thinking",
        "thinking",
        "text",
        "tool_call",
        "tool_call",
        "foreign",
    ]
    assert answer.usage == {"input_tokens": 112, "output_tokens": 60, "cached_tokens": 100, "reasoning_tokens": 20}


def test_an_answer_of_this_dialect_comes_out_as_it_was() -> None:
    assert orjson.loads(orjson.dumps(write_answer(read_answer(ANSWER)))) == ANSWER


@pytest.mark.parametrize(
    ("word", "finish", "back"),
    [
        ("end_turn", "stop", "end_turn"),
        ("max_tokens", "length", "max_tokens"),
        ("model_context_window_exceeded", "length", "max_tokens"),
        ("tool_use", "tool_calls", "tool_use"),
        ("pause_turn", "pause", "pause_turn"),
        ("refusal", "refusal", "refusal"),
        ("something_new", "other", "end_turn"),
        (None, "other", "end_turn"),
        (7, "other", "end_turn"),
    ],
)
def test_why_it_stopped(word: object, finish: FinishReason, back: str) -> None:
    answer = read_answer({**ANSWER, "stop_reason": word})
    assert answer.finish == finish
    assert write_answer(answer)["stop_reason"] == back


def test_a_filter_is_a_refusal_here() -> None:
    written = write_answer(Answer(id="a", model="m", parts=[], finish="content_filter", usage=None))
    assert written["stop_reason"] == "refusal"
    assert written["stop_details"] == {"type": "refusal", "category": None, "explanation": None}


def test_which_sequence_stopped_it() -> None:
    answer = read_answer({**ANSWER, "stop_reason": "stop_sequence", "stop_sequence": "END"})
    assert (answer.finish, answer.stop_sequence) == ("stop", "END")
    written = write_answer(answer)
    assert (written["stop_reason"], written["stop_sequence"]) == ("stop_sequence", "END")


def test_a_refusal_is_told_in_words() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "This is not allowed."}
    answer = read_answer({**ANSWER, "content": [], "stop_reason": "refusal", "stop_details": details})
    assert answer.parts == [{"type": "refusal", "text": "This is not allowed."}]
    assert answer.finish == "refusal"
    spoken = Answer(id="a", model="m", parts=answer.parts, finish="stop", usage=None)
    written = write_answer(spoken)
    assert written["content"] == [{"type": "text", "text": "This is not allowed."}]
    assert written["stop_reason"] == "refusal"


@pytest.mark.parametrize(
    ("part", "block"),
    [
        ({"type": "text", "text": ""}, None),
        (
            {"type": "thinking", "text": "Hm.", "signature": "x", "origin": "gemini"},
            {"type": "thinking", "thinking": "Hm.", "signature": ""},
        ),
        (
            {"type": "thinking", "text": "Hm.", "signature": None, "origin": "openai_chat"},
            {"type": "thinking", "thinking": "Hm.", "signature": ""},
        ),
        ({"type": "thinking", "text": "", "signature": "x", "origin": "gemini"}, None),
        (
            {"type": "thinking", "text": "", "signature": "x", "origin": "anthropic"},
            {"type": "thinking", "thinking": "", "signature": "x"},
        ),
        ({"type": "thinking", "text": "", "signature": "x", "origin": "gemini", "redacted": True}, None),
        ({"type": "foreign", "origin": "gemini", "value": {"executableCode": {}}}, None),
        (
            {"type": "tool_call", "id": "a b", "name": "f", "arguments": "", "signature": "x"},
            {"type": "tool_use", "id": "a_b", "name": "f", "input": {}},
        ),
        (
            {"type": "image", "media_type": "image/png", "data": "x", "url": None},
            {"type": "text", "text": "[image/png: an answer in this dialect cannot hold it]"},
        ),
    ],
)
def test_what_others_answer(part: Part, block: dict[str, Any] | None) -> None:
    written = write_answer(Answer(id="a", model="m", parts=[part], finish="stop", usage=None))
    assert written["content"] == ([] if block is None else [block])


def test_an_error_in_place_of_an_answer() -> None:
    with pytest.raises(ProviderUnavailable, match="Overloaded"):
        read_answer({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


@given(damaged(ANSWER))
def test_whatever_comes_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        answer = read_answer(body)
    except UpstreamFailed:
        return
    except TriforceError:
        assert body["type"] == "error"
        return
    orjson.dumps(write_answer(answer))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    thinking: Part = {"type": "thinking", "text": draw(TEXTS), "signature": "s", "origin": "anthropic"}
    calls: list[Part] = [
        {"type": "tool_call", "id": f"toolu_{number}", "name": "f", "arguments": draw(arguments())}
        for number in range(draw(st.integers(0, 3)))
    ]
    parts: list[Part] = [thinking, {"type": "text", "text": draw(TEXTS)}, *calls]
    finish: FinishReason = draw(st.sampled_from(["stop", "length", "tool_calls", "pause"]))
    return Answer(id="msg_1", model="m", parts=parts, finish=finish, usage=draw(usages()))


@given(answers())
def test_what_is_written_is_read_again(answer: Answer) -> None:
    read = read_answer(orjson.loads(orjson.dumps(write_answer(answer))))
    assert [by_value(part) for part in read.parts] == [by_value(part) for part in answer.parts]
    read.parts = answer.parts
    assert read == answer
