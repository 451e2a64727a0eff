"""Tools are found by words in English and German, and never beyond what the caller may call."""

import pytest

from tests.triforce_daemon.toolbox.bench import entries
from triforce_daemon.toolbox.search import ToolSearch

ALL = [entry.name for entry in entries()]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("find a book", "books_search"),
        ("Bücher suchen", "books_search"),
        ("please burn it", "books_burn"),
        ("BURNING!", "books_burn"),
        ('"; drop table tools; --', None),
        ("falling off a ladder", "books_break"),
    ],
)
def test_what_is_found_first(query: str, first: str | None) -> None:
    found = ToolSearch(entries()).find(query, ALL, 5)
    assert (found[0][0] if found else None) == first


@pytest.mark.parametrize("query", ["", "the a und", "*", '"', "zzzz", "NEAR(", "a" * 10_000])
def test_what_says_nothing_finds_nothing(query: str) -> None:
    assert ToolSearch(entries()).find(query, ALL, 5) == []


def test_what_is_not_allowed_is_not_found() -> None:
    found = ToolSearch(entries()).find("book burn search shelf", ["books_burn"], 5)
    assert [name for name, _ in found] == ["books_burn"]
