"""Arguments keep their JSON value between the dialects that carry text and those that carry objects."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects import json_text

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)
OBJECTS = st.dictionaries(st.text(), VALUES, max_size=5)


@given(OBJECTS)
def test_text_and_object_say_the_same(value: dict[str, Any]) -> None:
    assert json.loads(orjson.dumps(json_text.embedded(json.dumps(value)))) == value


@given(OBJECTS)
def test_an_object_becomes_its_text(value: dict[str, Any]) -> None:
    assert json.loads(json_text.as_text(value)) == value


@given(OBJECTS, st.sampled_from([None, 1, "\t"]))
def test_text_is_spliced_into_a_line(value: dict[str, Any], indent: int | str | None) -> None:
    line = json_text.spliced(json.dumps(value, indent=indent))
    assert json.loads(line) == value
    assert b"\n" not in line and b"\r" not in line


def test_short_arguments_are_plain_values() -> None:
    assert json_text.embedded('{"city": "Paris", "n": [1.5, null]}') == {"city": "Paris", "n": [1.5, None]}


@pytest.mark.parametrize("text", ["", "  \n"])
def test_no_arguments_are_an_empty_object(text: str) -> None:
    assert json_text.as_object(text) == {} == json_text.embedded(text)
    assert json_text.spliced(text) == b"{}"


@pytest.mark.parametrize("text", ['{"city": "Par', "[1]", "null", "7", "{}{}"])
def test_what_is_no_object_is_not_lost(text: str) -> None:
    assert json_text.as_object(text) == {"arguments": text} == json_text.embedded(text)
    assert orjson.loads(json_text.spliced(text)) == {"arguments": text}


def test_deep_arguments_are_written() -> None:
    text = '{"a":' * 500 + "1" + "}" * 500
    assert orjson.dumps(json_text.embedded(text)).decode() == text
