"""The answer in one piece."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Answer, FinishReason, Request
from triforce_daemon.dialects.openai_completions.answer import finish_word
from triforce_daemon.dialects.openai_completions.dialect import OpenAICompletions


def test_a_whole_answer() -> None:
    parts: list[Any] = [
        {"type": "thinking", "text": "hm", "signature": None, "origin": "gemini"},
        {"type": "text", "text": "Once"},
    ]
    answer = Answer("a1", "m", parts, "refusal", {"input_tokens": 3, "output_tokens": 2})
    body = OpenAICompletions(lambda: 1.5).write_answer(answer, Request("m", []))
    assert (body["choices"][0]["text"], body["choices"][0]["finish_reason"]) == ("Once", "content_filter")
    assert body["usage"]["prompt_tokens"] == 3


@pytest.mark.parametrize(
    ("finish", "word"), [("stop", "stop"), ("length", "length"), ("tool_calls", "stop"), ("refusal", "content_filter")]
)
def test_why_it_ended(finish: FinishReason, word: str) -> None:
    assert finish_word(finish) == word
