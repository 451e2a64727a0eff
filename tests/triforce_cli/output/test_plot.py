"""Numbers as pictures: as long and as high as they are beside the largest, and never invisible."""

import io
import sys

import pytest

from triforce_cli.output.plot import bar, columns, shows_blocks


@pytest.mark.parametrize(
    ("value", "blocks", "ascii"),
    [(0, "", ""), (1, "▏", "#"), (500, "██", "##"), (531, "██▏", "##"), (1_000, "████", "####")],
)
def test_a_bar_is_as_long_as_its_value_is_of_the_largest(value: float, blocks: str, ascii: str) -> None:
    assert bar(value, 1_000, 4, blocks=True) == blocks
    assert bar(value, 1_000, 4, blocks=False) == ascii


def test_a_bar_of_nothing_among_nothing_is_empty() -> None:
    assert bar(0, 0, 4, blocks=True) == ""


def test_columns_are_as_high_as_their_values() -> None:
    assert columns(range(9), blocks=True) == " ▁▂▃▄▅▆▇█"
    assert columns([0, 1, 10_000], blocks=True) == " ▁█"
    assert columns([0, 1, 10_000], blocks=False) == " .@"
    assert columns([0, 0], blocks=True) == "  "
    assert columns([], blocks=True) == ""


@pytest.mark.parametrize(
    ("encoding", "term", "shows"),
    [("utf-8", "xterm", True), ("utf-8", "linux", False), ("utf-8", "dumb", False), ("latin-1", "xterm", False)],
)
def test_blocks_are_for_terminals_that_have_them(
    monkeypatch: pytest.MonkeyPatch, encoding: str, term: str, shows: bool
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert shows_blocks({"TERM": term}) is shows
