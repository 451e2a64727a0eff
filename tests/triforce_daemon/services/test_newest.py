import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.services.newest import newest_first


def test_versions_count_and_days_do_not() -> None:
    listed = [
        "claude-opus-4-6",
        "claude-opus-4-1-20250805",
        "claude-opus-4-8",
        "claude-opus-4-20250514",
        "claude-opus-4-10",
    ]
    assert newest_first(listed) == [
        "claude-opus-4-10",
        "claude-opus-4-8",
        "claude-opus-4-6",
        "claude-opus-4-1-20250805",
        "claude-opus-4-20250514",
    ]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("gemini-2.5-pro", "gemini-3-pro"),
        ("gemini-3-pro", "gemini-3.1-pro"),
        ("anthropic/claude-sonnet-4", "anthropic/claude-sonnet-4.5"),
        ("qwen2-coder", "qwen3-coder"),
        ("gpt-5-mini-2025-08-07", "gpt-5"),
    ],
)
def test_the_newer_comes_first(older: str, newer: str) -> None:
    assert newest_first([older, newer]) == [newer, older]


def test_a_size_is_no_version() -> None:
    assert newest_first(["llama-8b", "llama-70b", "llama-3.1-8b"]) == ["llama-3.1-8b", "llama-8b", "llama-70b"]


def test_families_stay_in_their_order() -> None:
    assert newest_first(["mistral-large-2", "codestral-1", "mistral-large-3", "codestral-2"]) == [
        "mistral-large-3",
        "mistral-large-2",
        "codestral-2",
        "codestral-1",
    ]


@given(st.lists(st.text(max_size=12), unique=True, max_size=30))
def test_nothing_is_lost(names: list[str]) -> None:
    assert sorted(newest_first(names)) == sorted(names)
