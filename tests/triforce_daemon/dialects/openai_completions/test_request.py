"""A prompt is what a user says."""

from typing import Any

import pytest

from triforce_daemon.dialects.openai_chat.request import write_request
from triforce_daemon.dialects.openai_completions.request import read_request
from triforce_daemon.errors import InvalidRequest


@pytest.mark.parametrize("prompt", ["Once", ["Once"]])
def test_a_prompt_is_a_chat_of_one_turn(prompt: Any) -> None:
    options = {"max_tokens": 9, "stop": "END", "seed": 4, "n": 1, "echo": False, "suffix": ""}
    written = write_request(read_request({"model": "m", "prompt": prompt, **options}, None, None))
    assert written.body["messages"] == [{"role": "user", "content": "Once"}]
    assert (written.body["max_tokens"], written.body["stop"], written.body["seed"]) == (9, ["END"], 4)
    assert written.dropped == []


def test_what_only_completions_have_is_dropped_and_said() -> None:
    asked = read_request({"model": "m", "prompt": "a", "logprobs": 3, "logit_bias": {"5": 1}}, None, None)
    assert write_request(asked).dropped == ["logprobs", "logit_bias"]


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"n": 2}, "`n` must be 1"),
        ({"best_of": 3}, "best_of"),
        ({"echo": True}, "echo"),
        ({"suffix": "."}, "suffix"),
        ({"prompt": ["a", "b"]}, "several"),
        ({"prompt": [1, 2]}, "several"),
        ({"prompt": [[1, 2]]}, "prompt"),
        ({"prompt": []}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"stop": 5}, "stop"),
        ({"max_tokens": "x"}, "max_tokens"),
        ({"stream_options": 5}, "stream_options"),
    ],
)
def test_what_would_change_the_answer_is_refused(more: dict[str, Any], word: str) -> None:
    with pytest.raises(InvalidRequest, match=word):
        read_request({"model": "m", "prompt": "a", **more}, None, None)
