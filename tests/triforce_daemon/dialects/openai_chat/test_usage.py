"""Usage, in the fields of OpenAI and of those who have fields of their own."""

from typing import Any

import pytest
from hypothesis import given
from openai.types import CompletionUsage

from tests.triforce_daemon.dialects.canonical_values import JSON, usages
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.openai_chat.usage import read_usage, write_usage


@pytest.mark.parametrize(
    ("body", "usage"),
    [
        ({"usage": {"prompt_tokens": 3, "completion_tokens": 4}}, Usage(input_tokens=3, output_tokens=4)),
        ({"usage": None}, None),
        ({}, None),
        (
            {"x_groq": {"id": "r", "usage": {"prompt_tokens": 3, "completion_tokens": 4}}},
            Usage(input_tokens=3, output_tokens=4),
        ),
        ({"x_groq": {"id": "r"}}, None),
        (
            {"usage": {"prompt_tokens": 9, "completion_tokens": 4, "prompt_cache_hit_tokens": 5}},
            Usage(input_tokens=9, output_tokens=4, cached_tokens=5),
        ),
        ({"usage": {"prompt_tokens": -1, "completion_tokens": "x"}}, Usage(input_tokens=0, output_tokens=0)),
    ],
)
def test_reading(body: dict[str, Any], usage: Usage | None) -> None:
    assert read_usage(body) == usage


@given(usages())
def test_what_is_written_is_read_and_understood(usage: Usage) -> None:
    usage["cache_write_tokens"] = 2
    written = write_usage(usage)
    assert read_usage({"usage": written}) == usage
    assert CompletionUsage.model_validate(written, strict=True).total_tokens == written["total_tokens"]


@given(JSON)
def test_any_json_is_no_trouble(value: Any) -> None:
    read_usage({"usage": value, "x_groq": value})
