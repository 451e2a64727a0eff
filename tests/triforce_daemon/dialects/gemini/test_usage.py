"""Figures of what was used, both ways."""

from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import usages
from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.dialects.gemini.usage import read_usage, write_usage


def test_thoughts_are_counted_apart() -> None:
    figures = {
        "promptTokenCount": 10,
        "cachedContentTokenCount": 4,
        "candidatesTokenCount": 7,
        "thoughtsTokenCount": 5,
        "totalTokenCount": 22,
    }
    usage = Usage(input_tokens=10, output_tokens=12, cached_tokens=4, reasoning_tokens=5)
    assert read_usage({"usageMetadata": figures}) == usage
    assert write_usage(usage) == figures


def test_what_the_server_s_own_tools_read_is_input() -> None:
    figures = {"promptTokenCount": 10, "toolUsePromptTokenCount": 90}
    assert read_usage({"usageMetadata": figures}) == {"input_tokens": 100, "output_tokens": 0}


def test_more_thought_than_said_is_nothing_said() -> None:
    assert write_usage(Usage(input_tokens=1, output_tokens=2, reasoning_tokens=5))["candidatesTokenCount"] == 0


@pytest.mark.parametrize("figures", [None, 7, [], {}])
def test_no_usage(figures: Any) -> None:
    assert read_usage({"usageMetadata": figures}) is None


@given(usages())
def test_what_is_written_is_read_again(usage: Usage) -> None:
    assert read_usage({"usageMetadata": write_usage(usage)}) == usage
