"""What a cell shows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from triforce_cli.output.columns import Column, bare

VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("a\tb\nc", "a b c"),
        (["chat", "tools"], "chat,tools"),
        ([], ""),
        ([1, 2], "[1, 2]"),
        ({"a": None}, '{"a": null}'),
        (True, "true"),
        (0, "0"),
        ("日本", "日本"),
    ],
)
def test_bare(value: object, text: str) -> None:
    assert bare(value) == text


@given(VALUES)
def test_a_cell_is_one_field_of_one_line(value: object) -> None:
    assert not set("\t\n\r\x1b\x9b\x7f") & set(bare(value))


@given(some.booleans() | some.integers() | some.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_json(value: object) -> None:
    assert json.loads(bare(value)) == value


def test_words_are_for_what_is_known() -> None:
    column = Column("N", "n", "{}!".format)
    assert column.cell({"n": 1}) == "1!"
    assert column.cell({"n": 0}) == "0!"
    assert column.cell({"n": None}) == "-"
    assert column.cell({}) == "-"
