"""Usage."""

from typing import Any

from hypothesis import given
from openai.types.responses import ResponseUsage

from tests.triforce_daemon.dialects.canonical_values import JSON, usages
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.openai_responses.usage import read_usage, write_usage


def test_details_may_be_missing() -> None:
    assert read_usage({"usage": {"input_tokens": 3, "output_tokens": 4}}) == {"input_tokens": 3, "output_tokens": 4}
    assert read_usage({"usage": None}) is read_usage({}) is None


@given(usages())
def test_what_is_written_is_read_and_understood(usage: Usage) -> None:
    usage["cache_write_tokens"] = 2
    written = write_usage(usage)
    assert read_usage({"usage": written}) == usage
    assert ResponseUsage.model_validate(written, strict=True).total_tokens == written["total_tokens"]


@given(JSON)
def test_any_json_is_no_trouble(value: Any) -> None:
    read_usage({"usage": value})
    read_usage({"usage": {"input_tokens": value, "input_tokens_details": value}})
