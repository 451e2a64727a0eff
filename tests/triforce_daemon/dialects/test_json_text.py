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
    text = json.dumps(value)
    assert json.loads(orjson.dumps(json_text.load(text))) == value


@given(OBJECTS)
def test_an_object_becomes_its_text(value: dict[str, Any]) -> None:
    assert json.loads(json_text.dump(value)) == value


@pytest.mark.parametrize("text", ["", "  \n"])
def test_no_arguments_are_an_empty_object(text: str) -> None:
    assert json_text.load(text) == {}


@pytest.mark.parametrize("text", ['{"city": "Par', "[1]", "null", "7", "{}{}", "\ud800"])
def test_what_is_no_object_is_not_lost(text: str) -> None:
    assert json_text.load(text) == {json_text.INVALID: text}


@pytest.mark.parametrize(("text", "value"), [('{"a": 1}', {"a": 1}), (b"{}", {}), ("[]", None), ("{", None)])
def test_parsed(text: str | bytes, value: dict[str, Any] | None) -> None:
    assert json_text.parsed(text) == value
