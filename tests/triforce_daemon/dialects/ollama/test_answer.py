"""Whole answers, both ways."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import damaged
from triforce_daemon.dialects.canonical import Answer, FinishReason, Part
from triforce_daemon.dialects.ollama.answer import (
    done_reason,
    durations,
    finish_of,
    read_answer,
    read_usage,
    timestamp,
    write_answer,
)
from triforce_daemon.errors import ContextExceeded, TriforceError, UpstreamFailed

NOW = 1_700_000_000.25
#: As the documentation has it.
WHOLE: dict[str, Any] = {
    "model": "qwen3",
    "created_at": "2023-11-14T22:13:20.250000Z",
    "message": {
        "role": "assistant",
        "content": "Grüße",
        "thinking": "hm",
        "tool_calls": [
            {"id": "call_a", "function": {"index": 0, "name": "f", "arguments": {"a": "é"}}},
            {"id": "call_b", "function": {"index": 1, "name": "g", "arguments": {}}},
        ],
    },
    "done": True,
    "done_reason": "stop",
    "total_duration": 0,
    "load_duration": 0,
    "prompt_eval_duration": 0,
    "eval_duration": 1,
    "prompt_eval_count": 9,
    "eval_count": 5,
}
PARTS: list[Part] = [
    {"type": "thinking", "text": "hm", "signature": None, "origin": "ollama"},
    {"type": "text", "text": "Grüße"},
    {"type": "tool_call", "id": "call_a", "name": "f", "arguments": '{"a":"é"}'},
    {"type": "tool_call", "id": "call_b", "name": "g", "arguments": "{}"},
]


def test_an_answer_is_read() -> None:
    answer = read_answer(WHOLE)
    assert (answer.id, answer.model, answer.finish) == ("ollama-20231114T221320250000Z", "qwen3", "tool_calls")
    assert answer.parts == PARTS
    assert answer.usage == {"input_tokens": 9, "output_tokens": 5}


def test_what_is_read_is_written() -> None:
    assert write_answer(read_answer(WHOLE), NOW) == WHOLE


def test_the_clients_library_understands() -> None:
    ollama = pytest.importorskip("ollama")
    response = ollama.ChatResponse.model_validate(write_answer(read_answer(WHOLE), NOW))
    assert response.message.tool_calls[0].function.arguments == {"a": "é"}
    assert (response.message.thinking, response.eval_count) == ("hm", 5)


def test_calls_without_ids_get_stable_ones() -> None:
    message: dict[str, Any] = {"content": "", "tool_calls": [{"function": {"name": "f", "arguments": {}}}] * 2}
    parts = read_answer({"created_at": "2023-11-14T22:13:20Z", "message": message}).parts
    assert [part.get("id") for part in parts] == ["call_0_20231114T221320Z", "call_1_20231114T221320Z"]


def test_an_answer_without_a_time_has_an_id_of_its_own() -> None:
    first, again, other = (read_answer({"message": {"content": words}}).id for words in ("a", "a", "b"))
    assert first == again != other


def test_long_numbers_in_arguments_are_kept() -> None:
    arguments = '{"n": 123456789012345678901234567890, "f": 0.12345678901234567890}'
    answer = Answer("a", "m", [{"type": "tool_call", "id": "c", "name": "f", "arguments": arguments}], "stop", None)
    assert arguments.encode() in orjson.dumps(write_answer(answer, NOW))


def test_thoughts_become_one() -> None:
    thought: Part = {"type": "thinking", "text": "a", "signature": "s", "origin": "anthropic"}
    assert write_answer(Answer("a", "m", [thought, thought], "stop", None), NOW)["message"]["thinking"] == "aa"


def test_pictures_come_back() -> None:
    parts: list[Part] = [{"type": "image", "media_type": "image/png", "data": "iVBORw0KGgo=", "url": None}]
    assert read_answer(write_answer(Answer("a", "m", parts, "stop", None), NOW)).parts == parts
    assert "images" not in write_answer(Answer("a", "m", [], "stop", None), NOW)["message"]


def test_refusals_are_words() -> None:
    answer = Answer("a", "m", [{"type": "text", "text": "a"}, {"type": "refusal", "text": "b"}], "refusal", None)
    written = write_answer(answer, NOW)
    assert (written["message"]["content"], written["done_reason"]) == ("ab", "stop")
    assert "eval_count" not in written


@pytest.mark.parametrize(
    ("reason", "called", "finish"),
    [
        ("stop", False, "stop"),
        ("stop", True, "tool_calls"),
        (None, False, "stop"),
        ("length", True, "length"),
        ("unload", False, "other"),
        ([], False, "other"),
    ],
)
def test_how_it_ended_is_read(reason: Any, called: bool, finish: FinishReason) -> None:
    assert finish_of(reason, called=called) == finish


@pytest.mark.parametrize("finish", ["stop", "tool_calls", "refusal", "content_filter", "pause", "other"])
def test_it_stopped_unless_it_was_cut_short(finish: FinishReason) -> None:
    assert done_reason(finish) == "stop"
    assert done_reason("length") == "length"


def test_usage_may_be_missing_in_part() -> None:
    assert read_usage({"eval_count": 5}) == {"input_tokens": 0, "output_tokens": 5}
    assert read_usage({"prompt_eval_count": 5}) == {"input_tokens": 5, "output_tokens": 0}
    assert read_usage({}) is None


def test_time() -> None:
    assert timestamp(NOW) == WHOLE["created_at"]
    assert durations(2.5, 0.5) == {
        "total_duration": 2_500_000_000,
        "load_duration": 0,
        "prompt_eval_duration": 500_000_000,
        "eval_duration": 2_000_000_000,
    }


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, UpstreamFailed),
        ({"message": "a"}, UpstreamFailed),
        ({"error": "the input length exceeds the context length"}, ContextExceeded),
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
    write_answer(answer, NOW)
