"""A value of the wrong kind is named by its place."""

from collections.abc import Callable
from typing import Any

import pytest

from triforce_daemon.dialects import fields
from triforce_daemon.errors import InvalidRequest

Read = Callable[[dict[str, Any], str, str], Any]


@pytest.mark.parametrize(
    ("read", "good", "bad", "wanted"),
    [
        (fields.text, "a", 1, "text"),
        (fields.needed_text, "a", None, "text"),
        (fields.flag, False, 0, "true or false"),
        (fields.number, 0.5, "0.5", "a number"),
        (fields.number, 1, False, "a number"),
        (fields.whole, 7, 7.5, "a whole number"),
        (fields.whole, 7, True, "a number"),
        (fields.entries, [1], {}, "a list"),
        (fields.mapping, {"a": 1}, [], "an object"),
        (fields.texts, ["a"], 1, "a list"),
    ],
)
def test_kinds(read: Read, good: object, bad: object, wanted: str) -> None:
    assert read({"b": good}, "b", "a[0]") == good
    with pytest.raises(InvalidRequest, match=rf"^`a\[0\]\.b` must be {wanted}\.$"):
        read({"b": bad}, "b", "a[0]")


@pytest.mark.parametrize("read", [fields.text, fields.flag, fields.number, fields.whole, fields.mapping])
def test_null_counts_as_not_given(read: Read) -> None:
    assert read({"b": None}, "b", "") is read({}, "b", "") is None


def test_lists_are_empty_where_they_are_not_given() -> None:
    assert fields.entries({}, "b") == fields.texts({"b": None}, "b") == []


def test_a_whole_number_may_be_written_with_a_point() -> None:
    value = fields.whole({"max_tokens": 1024.0}, "max_tokens")
    assert (value, type(value)) == (1024, int)


def test_one_text_is_a_list_of_one() -> None:
    assert fields.texts({"stop": "END"}, "stop") == ["END"]
    with pytest.raises(InvalidRequest, match=r"^`stop\[1\]` must be text"):
        fields.texts({"stop": ["a", 2]}, "stop")


def test_nothing_escapes_a_number_without_end() -> None:
    for value in (float("inf"), 1e19, -(1 << 63)):
        with pytest.raises(InvalidRequest):
            fields.whole({"n": value}, "n")
