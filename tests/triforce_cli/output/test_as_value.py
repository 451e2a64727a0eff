"""Any JSON object as a person reads it; nothing in it moves the terminal's cursor."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_cli.output.as_value import value_text
from triforce_cli.output.sanitise import sanitise

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"text": "Hello\nyou"}, "Hello\nyou"),
        ({}, ""),
        ({"a": 1, "long": None}, "a     1\nlong  -"),
        ({"ok": True, "tags": ["a", "b"], "none": []}, "ok    yes\ntags  a, b\nnone  none"),
        ({"a": 1, "text": "x\ny"}, "a     1\ntext\n  x\n  y"),
        ({"items": [{"id": 1, "b": 2}, {"id": 3}]}, "items\n  - id  1\n    b   2\n  - id  3"),
        ({"inner": {"a": {"b": "c"}}, "n": 1}, "inner\n  a\n    b  c\nn      1"),
        ({"rows": [[{"a": 1}], "x"], "n": 1}, "rows\n  - - a  1\n  - x\nn     1"),
    ],
)
def test_forms(value: dict[str, Any], text: str) -> None:
    assert value_text(value) == text


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_every_object_has_a_form_without_control_characters(value: dict[str, Any]) -> None:
    assert sanitise(value_text(value)) == value_text(value), json.dumps(value)
