"""Whatever the style, it is the same JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.json_writer import COMPACT, GO, GOOGLE, GOOGLE_PRETTY, PRETTY, PRETTY_ASCII, Raw, Style

STYLES = [COMPACT, GO, GOOGLE, GOOGLE_PRETTY, PRETTY, PRETTY_ASCII]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@pytest.mark.parametrize("style", STYLES)
@given(value=VALUES)
def test_it_is_read_as_the_same(style: Style, value: object) -> None:
    assert json.loads(style.write(value)) == value


@given(VALUES)
def test_plain_styles_are_those_of_the_library(value: object) -> None:
    assert COMPACT.write(value).decode() == json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    assert PRETTY_ASCII.write(value).decode() == json.dumps(value, indent=2)


def test_raw_text_stays_as_it_is() -> None:
    assert COMPACT.write({"a": Raw('{"x":  1e2,"x":0.10}')}) == b'{"a":{"x":  1e2,"x":0.10}}'


def test_how_google_writes() -> None:
    assert GOOGLE.write({"a": [1, {"b": "<x>"}]}) == b'{"a": [1,{"b": "\\u003cx\\u003e"}]}'


def test_how_go_writes() -> None:
    assert GO.write({"a": "é & <b>"}) == '{"a":"é \\u0026 \\u003cb\\u003e"}'.encode()
