"""JSON changed in place: what is not meant stays, to the last blank; what is no JSON is told."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_cli.clients.json_text import value_at, with_value, without

REMARKS = """\
{
    // which one
    "model": "a", // the old one
    "provider": { "mine": {"key": 1,}, }, /* a
    block */
    "list": [1, {"x": [ ]}, "}//"],
    "last": true // no comma
}
"""


def test_a_value_is_found_among_remarks() -> None:
    assert value_at(REMARKS, ("provider", "mine", "key")) == 1
    assert value_at(REMARKS, ("list",)) == [1, {"x": []}, "}//"]
    assert value_at(REMARKS, ("nothing", "here")) is None
    assert value_at(REMARKS, ("model", "deeper"), "missing") == "missing"


def test_a_value_is_replaced_and_all_else_stays() -> None:
    assert with_value(REMARKS, ("model",), "b") == REMARKS.replace('"a"', '"b"')


def test_a_new_value_stands_last_with_the_files_own_indentation() -> None:
    changed = with_value(REMARKS, ("new", "deep"), ["x"])
    assert changed == REMARKS.replace(
        '"last": true // no comma\n',
        '"last": true, // no comma\n    "new": {\n        "deep": [\n            "x"\n        ]\n    }\n',
    )
    assert value_at(changed, ("new", "deep")) == ["x"]


def test_a_comma_behind_the_last_one_is_not_doubled() -> None:
    assert with_value('{\n  "a": 1, // x\n}\n', ("b",), 2) == '{\n  "a": 1, // x\n  "b": 2\n}\n'


def test_where_all_stands_on_one_line_it_stays_on_one() -> None:
    assert with_value('{"a": 1}', ("b",), 2) == '{"a": 1, "b": 2}'
    assert with_value('{"a": 1,}', ("b",), 2) == '{"a": 1, "b": 2,}'


def test_of_nothing_a_file_is_made() -> None:
    for empty in ("", " \n"):
        assert with_value(empty, ("a", "b"), 1) == '{\n  "a": {\n    "b": 1\n  }\n}\n'
    assert with_value("{}", ("a",), 1) == '{\n  "a": 1\n}'
    assert with_value("{ /* nothing */ }", ("a",), 1) == '{\n  "a": 1\n}'


def test_text_that_is_not_ascii_stays_readable() -> None:
    assert with_value('{"ü": "ß"}', ("é",), "日本") == '{"ü": "ß", "é": "日本"}'


def test_values_are_taken_out() -> None:
    assert without('{"a": 1, "b": 2, "c": 3}', ("a",)) == '{"b": 2, "c": 3}'
    assert without('{"a": 1, "b": 2, "c": 3}', ("b",)) == '{"a": 1, "c": 3}'
    assert without('{"a": 1, "b": 2, "c": 3}', ("c",)) == '{"a": 1, "b": 2}'
    assert without('{"a": {"b": 2}}', ("a", "b")) == '{"a": {}}'
    assert without('{"a": 1, "b": 2,}', ("b",)) == '{"a": 1,}'


def test_of_two_of_one_name_the_last_counts_as_it_does_for_programs() -> None:
    twice = '{"a": 1, "a": 2}'
    assert value_at(twice, ("a",)) == 2
    assert with_value(twice, ("a",), 3) == '{"a": 1, "a": 3}'
    assert without(twice, ("a",)) == '{"a": 1}'


@pytest.mark.parametrize(
    "broken",
    ["[]", "1", "{", '{"a"}', '{"a": }', "{'a': 1}", '{"a": 1} x', '{"a": 1 "b": 2}', "{1: 2}", '{"a": [1', "[" * 500],
)
def test_what_is_no_object_is_told(broken: str) -> None:
    with pytest.raises(ValueError):
        value_at(broken, ("a",))
    with pytest.raises(ValueError):
        with_value(broken, ("a",), 1)


def test_what_is_in_the_way_is_told() -> None:
    with pytest.raises(ValueError, match=r"`a\.b` is no object"):
        with_value('{"a": {"b": 1}}', ("a", "b", "c"), 2)


NAMES = st.sampled_from(["a", "b", "ü", "with space", 'quo"te'])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.lists(NAMES, min_size=1, max_size=3), VALUES, st.booleans())
def test_it_does_what_a_dictionary_would(document: dict[str, Any], path: list[str], value: Any, wide: bool) -> None:
    text = json.dumps(document, indent=2 if wide else None)
    expected = json.loads(text)
    holder: Any = expected
    for name in path[:-1]:
        holder = holder.setdefault(name, {}) if isinstance(holder, dict) else None
    if not isinstance(holder, dict):
        with pytest.raises(ValueError):
            with_value(text, tuple(path), value)
        return
    holder[path[-1]] = value
    changed = with_value(text, tuple(path), value)
    assert json.loads(changed) == expected
    del holder[path[-1]]
    assert json.loads(without(changed, tuple(path))) == expected


def test_in_an_empty_file_is_nothing() -> None:
    assert value_at("", ("a",)) is None
