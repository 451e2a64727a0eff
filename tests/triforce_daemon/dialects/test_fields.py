"""A value of the wrong kind is named by its place."""

from collections.abc import Callable
from typing import Any

import pytest
from triforce_daemon.dialects import fields
from triforce_daemon.errors import InvalidRequest


@pytest.mark.parametrize(
    ("read", "good", "bad", "expected"),
    [
        (fields.object_of, {"a": 1}, [], "an object"),
        (fields.array_of, [1], {}, "an array"),
        (fields.text_of, "a", 1, "a string"),
        (fields.texts_of, ["a"], "a", "an array"),
        (fields.integer_of, 7, 7.5, "an integer"),
        (fields.integer_of, 7, True, "an integer"),
        (fields.number_of, 0.5, "0.5", "a number"),
        (fields.number_of, 1, False, "a number"),
        (fields.flag_of, False, 0, "true or false"),
    ],
)
def test_kinds(read: Callable[[Any, str], Any], good: object, bad: object, expected: str) -> None:
    assert read(good, "a.b") == good
    with pytest.raises(InvalidRequest, match=rf"^a\.b: expected {expected}\.$"):
        read(bad, "a.b")
    with pytest.raises(InvalidRequest, match=rf"^a\.b: {expected} is required\.$"):
        read(None, "a.b")


def test_a_whole_number_may_be_written_with_a_point() -> None:
    value = fields.integer_of(1024.0, "max_tokens")
    assert (value, type(value)) == (1024, int)


def test_the_place_within_an_array_is_named() -> None:
    with pytest.raises(InvalidRequest, match=r"^stop\[1\]: "):
        fields.texts_of(["a", 2], "stop")
