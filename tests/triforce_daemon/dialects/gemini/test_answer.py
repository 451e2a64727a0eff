"""Whole answers, both ways."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import TEXTS, arguments, by_value, damaged, usages
from triforce_daemon.dialects.canonical import Answer, FinishReason, Part, Request
from triforce_daemon.dialects.gemini.answer import made_id, read_answer, write_answer
from triforce_daemon.errors import ProviderUnavailable, TriforceError, UpstreamFailed

SHOWN = Request("m", [], thinking={"visible": True})

#: As the documentation has it.
ANSWER: dict[str, Any] = {
    "candidates": [
        {
            "content": {
                "parts": [
                    {"text": "Two cities.", "thought": True},
                    {"text": "I'll look.", "thoughtSignature": "c2ln"},
                    {
                        "functionCall": {"id": "c1", "name": "weather", "args": {"city": "Zürich"}},
                        "thoughtSignature": "c2ln",
                    },
                    {"functionCall": {"id": "c2", "name": "now", "args": {}}},
                    {"inlineData": {"mimeType": "image/png", "data": "eA=="}},
                    {"executableCode": {"language": "PYTHON", "code": "1"}},
                ],
                "role": "model",
            },
            "finishReason": "STOP",
            "index": 0,
        }
    ],
    "usageMetadata": {
        "promptTokenCount": 12,
        "candidatesTokenCount": 40,
        "totalTokenCount": 72,
        "thoughtsTokenCount": 20,
    },
    "modelVersion": "gemini-3.8-flash",
    "responseId": "X7c-aM_ZHqWN7M8P",
}


def with_candidate(**changes: Any) -> dict[str, Any]:
    return {**ANSWER, "candidates": [{**ANSWER["candidates"][0], **changes}]}


def test_an_answer_is_read() -> None:
    answer = read_answer(ANSWER)
    assert (answer.id, answer.model, answer.finish) == ("X7c-aM_ZHqWN7M8P", "gemini-3.8-flash", "tool_calls")
    kinds = [part["type"] for part in answer.parts]
    assert kinds == ["thinking", "text", "tool_call", "tool_call", "image", "foreign"]
    assert answer.usage == {"input_tokens": 12, "output_tokens": 60, "reasoning_tokens": 20}


def test_an_answer_of_this_dialect_comes_out_as_it_was() -> None:
    assert orjson.loads(orjson.dumps(write_answer(read_answer(ANSWER), SHOWN))) == ANSWER


def test_calls_without_ids_get_ids_of_their_own() -> None:
    call = {"functionCall": {"name": "f", "args": {"a": 1}}}
    content = {"parts": [call, call], "role": "model"}
    ids = [part["id"] for part in read_answer(with_candidate(content=content)).parts if part["type"] == "tool_call"]
    assert ids == [
        part["id"] for part in read_answer(with_candidate(content=content)).parts if part["type"] == "tool_call"
    ]
    other = read_answer({**with_candidate(content=content), "responseId": "other"})
    others = [part["id"] for part in other.parts if part["type"] == "tool_call"]
    assert len({*ids, *others}) == 4
    assert ids[0].startswith("call_0_") and made_id("a", 0, "\ud800", "{}")


@pytest.mark.parametrize(
    ("word", "finish", "back"),
    [
        ("STOP", "stop", "STOP"),
        ("MAX_TOKENS", "length", "MAX_TOKENS"),
        ("SAFETY", "content_filter", "SAFETY"),
        ("RECITATION", "content_filter", "SAFETY"),
        ("CONTINUATION", "pause", "STOP"),
        ("MALFORMED_FUNCTION_CALL", "other", "OTHER"),
        (None, "other", "OTHER"),
        (7, "other", "OTHER"),
    ],
)
def test_why_it_stopped(word: object, finish: FinishReason, back: str) -> None:
    answer = read_answer(with_candidate(finishReason=word, content={"parts": [{"text": "a"}]}))
    assert answer.finish == finish
    assert write_answer(answer, SHOWN)["candidates"][0]["finishReason"] == back


FILTERED = (
    *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
)


@pytest.mark.parametrize("word", FILTERED)
def test_what_a_filter_says(word: str) -> None:
    assert read_answer(with_candidate(finishReason=word)).finish == "content_filter"


def test_a_refusal_is_a_matter_of_safety_here() -> None:
    refused = Answer(id="a", model="m", parts=[{"type": "refusal", "text": "No."}], finish="refusal", usage=None)
    written = write_answer(refused, SHOWN)
    assert written["candidates"][0]["finishReason"] == "SAFETY"
    assert written["candidates"][0]["content"]["parts"] == [{"text": "No."}]
    assert "usageMetadata" not in written


def test_a_prompt_that_was_blocked() -> None:
    answer = read_answer({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}})
    assert (answer.parts, answer.finish) == ([], "content_filter")
    assert answer.usage == {"input_tokens": 3, "output_tokens": 0}


def test_the_first_of_several_candidates_counts() -> None:
    second = {"index": 1, "content": {"parts": [{"text": "b"}]}}
    first = {"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}
    assert read_answer({"candidates": [second, first]}).parts == [{"type": "text", "text": "a"}]


@pytest.mark.parametrize(
    ("part", "shown", "hidden"),
    [
        (
            {"type": "thinking", "text": "Hm.", "signature": "s", "origin": "anthropic"},
            {"text": "Hm.", "thought": True},
            None,
        ),
        (
            {"type": "thinking", "text": "Hm.", "signature": "s", "origin": "gemini"},
            {"text": "Hm.", "thought": True, "thoughtSignature": "s"},
            None,
        ),
        ({"type": "thinking", "text": "", "signature": "s", "origin": "anthropic", "redacted": True}, None, None),
        ({"type": "text", "text": "Hi"}, {"text": "Hi"}, {"text": "Hi"}),
        ({"type": "foreign", "origin": "anthropic", "value": {"type": "server_tool_use"}}, None, None),
    ],
)
def test_thoughts_are_for_those_who_ask_for_them(part: Part, shown: Any, hidden: Any) -> None:
    answer = Answer(id="a", model="m", parts=[part], finish="stop", usage=None)
    quiet = Request("m", [], thinking={"effort": "high"})
    for request, expected in ((SHOWN, shown), (Request("m", []), hidden), (quiet, hidden)):
        parts = write_answer(answer, request)["candidates"][0]["content"]["parts"]
        assert parts == ([] if expected is None else [expected])


EMPTY: list[dict[str, Any]] = [{}, {"candidates": []}, {"candidates": 7}, {"candidates": [7]}]


@pytest.mark.parametrize("body", EMPTY)
def test_what_is_no_answer(body: dict[str, Any]) -> None:
    with pytest.raises(UpstreamFailed):
        read_answer(body)


def test_an_error_in_place_of_an_answer() -> None:
    with pytest.raises(ProviderUnavailable, match="Busy"):
        read_answer({"error": {"code": 503, "message": "Busy", "status": "UNAVAILABLE"}})


@given(damaged(ANSWER))
def test_whatever_comes_is_read_or_refused(body: dict[str, Any]) -> None:
    try:
        answer = read_answer(body)
    except TriforceError:
        return
    orjson.dumps(write_answer(answer, SHOWN))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    thinking: Part = {"type": "thinking", "text": draw(TEXTS), "signature": "c2ln", "origin": "gemini"}
    calls: list[Part] = [
        {"type": "tool_call", "id": f"call_{number}", "name": "f", "arguments": draw(arguments())}
        for number in range(draw(st.integers(0, 3)))
    ]
    finish: FinishReason = draw(st.sampled_from(["length", "tool_calls" if calls else "stop"]))
    parts: list[Part] = [thinking, {"type": "text", "text": draw(TEXTS)}, *calls]
    return Answer(id="r1", model="m", parts=parts, finish=finish, usage=draw(usages()))


@given(answers())
def test_what_is_written_is_read_again(answer: Answer) -> None:
    read = read_answer(orjson.loads(orjson.dumps(write_answer(answer, SHOWN))))
    assert [by_value(part) for part in read.parts] == [by_value(part) for part in answer.parts]
    read.parts = answer.parts
    assert read == answer
