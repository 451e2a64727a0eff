"""What is no number of tokens counts as none."""

import pytest

from triforce_daemon.dialects.figures import count, details


@pytest.mark.parametrize(
    ("value", "tokens"),
    [(7, 7), (7.0, 7), (0, 0), (None, 0), ("7", 0), (-1, 0), ([], 0), ({}, 0), (1e19, 0), (2**53 - 1, 2**53 - 1)],
)
def test_count(value: object, tokens: int) -> None:
    assert count({"tokens": value}, "tokens") == tokens
    assert count({}, "tokens") == 0


@pytest.mark.parametrize("value", [None, 7, "x", []])
def test_details(value: object) -> None:
    assert details({"usage": value}, "usage") == {} == details({}, "usage")
    assert details({"usage": {"a": 1}}, "usage") == {"a": 1}
