"""What a caller sends is held against the function's parameters; its schemas are derived from them."""

import pytest

from tests.triforce_daemon.toolbox.bench import Shelf, books_burn, books_search, books_shelve
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.signature import Signature


def test_before_the_star_the_caller_after_it_the_daemon() -> None:
    signature = Signature(books_burn)
    assert signature.sent == ["title", "dry_run"]
    assert signature.provisions == {"shelf": Shelf, "call": ToolCall}


def test_the_input_schema() -> None:
    assert Signature(books_search).input_schema() == {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "query": {"type": "string", "description": "words to look for"},
            "limit": {"type": "integer", "description": "how many at most", "default": 3, "minimum": 1, "maximum": 9},
            "order": {"type": "string", "description": "the order", "default": "up", "enum": ["up", "down"]},
        },
        "required": ["query"],
    }


def test_the_output_schema() -> None:
    assert Signature(books_search).output_schema() == {
        "type": "object",
        "properties": {"books": {"type": "array", "items": {"type": "string"}}},
        "required": ["books"],
    }


def test_what_is_left_out_gets_its_default() -> None:
    assert Signature(books_search).arguments({"query": "x"}) == {"query": "x", "limit": 3, "order": "up"}
    assert Signature(books_shelve).arguments({"titles": ["a"]}) == {"titles": ["a"], "tags": None}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "The argument query is missing."),
        ({"query": "x", "more": 1}, "There is no argument more."),
        ({"query": "x", "limit": 10}, "The argument limit does not fit: Input should be less than or equal to 9."),
        ({"query": "x", "order": "left"}, "The argument order does not fit"),
        ({"query": 5}, "The argument query does not fit"),
        ({"query": None}, "The argument query does not fit"),
    ],
)
def test_what_does_not_fit_is_named(given: dict, words: str) -> None:
    with pytest.raises(InvalidArguments) as refused:
        Signature(books_search).arguments(given)
    assert refused.value.message.startswith(words)


def test_all_that_does_not_fit_is_named() -> None:
    signature = Signature(books_search)
    assert signature.problems({"query": "x"}) == []
    problems = signature.problems({"limit": 10, "more": 1})
    assert len(problems) == 3
    assert {"The argument query is missing.", "There is no argument more."} < set(problems)


def test_a_place_deep_within_is_named() -> None:
    with pytest.raises(InvalidArguments, match=r"titles\.1"):
        Signature(books_shelve).arguments({"titles": ["a", 1]})
