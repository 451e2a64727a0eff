"""Figures of what was used, both ways."""

from typing import Any

import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import usages
from triforce_daemon.dialects.anthropic.usage import read_usage, write_usage
from triforce_daemon.dialects.canonical import Usage


def test_the_prompt_is_counted_in_three() -> None:
    body = {
        "usage": {
            "input_tokens": 10,
            "cache_creation_input_tokens": 20,
            "cache_read_input_tokens": 30,
            "output_tokens": 7,
            "output_tokens_details": {"thinking_tokens": 4},
            "service_tier": "standard",
        }
    }
    usage = Usage(input_tokens=60, output_tokens=7, cached_tokens=30, cache_write_tokens=20, reasoning_tokens=4)
    assert read_usage(body) == usage
    assert write_usage(usage) == {name: body["usage"][name] for name in body["usage"] if name != "service_tier"}


def test_the_figures_of_a_stream_add_up() -> None:
    start = read_usage({"usage": {"input_tokens": 10, "cache_read_input_tokens": 30, "output_tokens": 1}})
    assert read_usage({"usage": {"output_tokens": 15}}, start) == {
        "input_tokens": 40,
        "output_tokens": 15,
        "cached_tokens": 30,
    }
    assert read_usage({"usage": {"input_tokens": 10, "output_tokens": 0}}, start) == start
    assert read_usage({}, start) == start


@pytest.mark.parametrize("usage", [None, 7, []])
def test_no_usage(usage: object) -> None:
    assert read_usage({"usage": usage}) is None


@pytest.mark.parametrize("figure", [None, "7", -1, [], {}, 1e19])
def test_what_is_no_figure_counts_as_none(figure: Any) -> None:
    assert read_usage({"usage": {"input_tokens": figure, "output_tokens": 3, "output_tokens_details": figure}}) == {
        "input_tokens": 0,
        "output_tokens": 3,
    }


@given(usages())
def test_what_is_written_is_read_again(usage: Usage) -> None:
    assert read_usage({"usage": write_usage(usage)}) == usage


def test_the_libraries_get_figures_even_where_there_are_none() -> None:
    assert write_usage(None) == {"input_tokens": 0, "output_tokens": 0}


def test_more_cached_than_there_was_is_nothing_new() -> None:
    assert write_usage(Usage(input_tokens=5, output_tokens=1, cached_tokens=9))["input_tokens"] == 0
