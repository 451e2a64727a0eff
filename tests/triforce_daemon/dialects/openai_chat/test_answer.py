"""Whole answers, both ways."""

from typing import Any

import pytest
from hypothesis import given
from openai.types.chat import ChatCompletion

from tests.triforce_daemon.dialects.canonical_values import damaged
from triforce_daemon.dialects.canonical import Answer, FinishReason, Part, Request, Tool
from triforce_daemon.dialects.openai_chat.answer import finish_of, finish_word, read_answer, write_answer
from triforce_daemon.errors import TriforceError, UpstreamFailed, UpstreamLimited

#: As the documentation has it.
WHOLE: dict[str, Any] = {
    "id": "chatcmpl-123",
    "object": "chat.completion",
    "created": 1700000000,
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Let me see.",
                "refusal": None,
                "reasoning_content": "A tool.",
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{ "a":"é" }'}},
                    {"id": "call_2", "type": "function", "function": {"name": "g", "arguments": ""}},
                ],
            },
            "logprobs": None,
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {
        "prompt_tokens": 9,
        "completion_tokens": 5,
        "total_tokens": 14,
        "prompt_tokens_details": {"cached_tokens": 4},
        "completion_tokens_details": {"reasoning_tokens": 2},
    },
}
REQUEST = Request("gpt-4o", [])


def choice(message: dict[str, Any], reason: str | None = "stop") -> dict[str, Any]:
    return {"id": "a1", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": reason}]}


def test_an_answer_is_read() -> None:
    answer = read_answer(WHOLE)
    assert (answer.id, answer.model, answer.finish) == ("chatcmpl-123", "gpt-4o", "tool_calls")
    assert answer.parts == [
        {"type": "thinking", "text": "A tool.", "signature": None, "origin": "openai_chat"},
        {"type": "text", "text": "Let me see."},
        {"type": "tool_call", "id": "call_1", "name": "f", "arguments": '{ "a":"é" }'},
        {"type": "tool_call", "id": "call_2", "name": "g", "arguments": ""},
    ]
    assert answer.usage == {"input_tokens": 9, "output_tokens": 5, "cached_tokens": 4, "reasoning_tokens": 2}


def test_what_is_read_is_written_and_understood() -> None:
    written = write_answer(read_answer(WHOLE), REQUEST, 1700000000)
    assert written == WHOLE
    assert ChatCompletion.model_validate(written).choices[0].message.tool_calls


def test_a_refusal_comes_back() -> None:
    answer = Answer("a", "m", [{"type": "refusal", "text": "no"}], "refusal", None)
    written = write_answer(answer, REQUEST, 0)
    assert written["choices"][0]["message"] == {"role": "assistant", "content": None, "refusal": "no"}
    assert written["choices"][0]["finish_reason"] == "stop"
    assert "usage" not in written
    assert read_answer(written) == answer


def test_texts_become_one() -> None:
    answer = Answer("a", "m", [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "stop", None)
    assert write_answer(answer, REQUEST, 0)["choices"][0]["message"]["content"] == "ab"
    thought: Part = {"type": "thinking", "text": "a", "signature": "s", "origin": "anthropic"}
    answer.parts = [thought, thought]
    assert write_answer(answer, REQUEST, 0)["choices"][0]["message"]["reasoning_content"] == "aa"


@pytest.mark.parametrize(
    ("reason", "called", "refused", "finish"),
    [
        ("stop", False, False, "stop"),
        ("stop", True, False, "tool_calls"),
        ("stop", False, True, "refusal"),
        ("length", True, False, "length"),
        ("model_length", False, False, "length"),
        ("function_call", True, False, "tool_calls"),
        ("content_filter", False, False, "content_filter"),
        ("error", False, False, "other"),
        (None, False, False, "other"),
        ([], False, False, "other"),
    ],
)
def test_how_it_ended_is_read(reason: Any, called: bool, refused: bool, finish: FinishReason) -> None:
    assert finish_of(reason, called=called, refused=refused) == finish


@pytest.mark.parametrize(
    ("finish", "refused", "word"),
    [
        ("stop", False, "stop"),
        ("length", False, "length"),
        ("tool_calls", False, "tool_calls"),
        ("content_filter", False, "content_filter"),
        ("refusal", True, "stop"),
        ("refusal", False, "content_filter"),
        ("pause", False, "stop"),
        ("other", False, "stop"),
    ],
)
def test_how_it_ended_is_written(finish: FinishReason, refused: bool, word: str) -> None:
    assert finish_word(finish, refused=refused) == word


def test_mistral_puts_thoughts_into_the_content() -> None:
    content = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "a"}]
    assert [part["type"] for part in read_answer(choice({"content": content})).parts] == ["thinking", "text"]


def test_calls_without_ids_get_stable_ones() -> None:
    calls = [{"function": {"name": "f", "arguments": "{}"}}] * 2
    parts = read_answer(choice({"tool_calls": calls})).parts
    assert [part["id"] for part in parts if part["type"] == "tool_call"] == ["call_0_a1", "call_1_a1"]
    legacy = read_answer(choice({"function_call": {"name": "f", "arguments": "{}"}}, "function_call"))
    assert (legacy.parts[0]["type"], legacy.finish) == ("tool_call", "tool_calls")


def test_tools_for_free_text_are_called_so() -> None:
    tool = Tool(name="patch", description=None, schema={}, freeform={})
    answer = Answer("a", "m", [], "tool_calls", None)
    answer.parts = [{"type": "tool_call", "id": "c", "name": "patch", "arguments": '{"input":"a\\nb"}'}]
    written = write_answer(answer, Request("m", [], tools=[tool]), 0)
    (call,) = written["choices"][0]["message"]["tool_calls"]
    assert call == {"id": "c", "type": "custom", "custom": {"name": "patch", "input": "a\nb"}}
    assert read_answer(written).parts == answer.parts
    ChatCompletion.model_validate(written)


def test_pictures_come_back() -> None:
    answer = Answer("a", "m", [], "stop", None)
    answer.parts = [{"type": "image", "media_type": "image/png", "data": "iVBORw0KGgo=", "url": None}]
    written = write_answer(answer, REQUEST, 0)
    ChatCompletion.model_validate(written)
    assert read_answer(written) == answer
    with pytest.raises(UpstreamFailed):
        read_answer(choice({"images": [{"type": "image_url"}]}))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, UpstreamFailed),
        ({"choices": []}, UpstreamFailed),
        ({"choices": [{"text": "a"}]}, UpstreamFailed),
        ({"error": {"message": "slow down", "code": 429}}, UpstreamLimited),
    ],
)
def test_what_is_no_answer_is_an_error(body: dict[str, Any], kind: type[TriforceError]) -> None:
    with pytest.raises(kind):
        read_answer(body)


@given(damaged(WHOLE))
def test_any_json_is_an_answer_or_refused(body: dict[str, Any]) -> None:
    try:
        answer = read_answer(body)
    except TriforceError:
        return
    write_answer(answer, REQUEST, 0)
