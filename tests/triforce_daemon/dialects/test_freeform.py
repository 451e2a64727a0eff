"""Free text travels as the one argument of a function."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects import freeform


@given(st.text())
def test_text_comes_back(text: str) -> None:
    assert freeform.text_of(freeform.arguments_of(text)) == text


@pytest.mark.parametrize("arguments", ["", "*** Begin Patch", '"quoted"', "{}", '{"input": 1}', '{"other": "x"}'])
def test_what_does_not_keep_to_the_schema_is_the_text(arguments: str) -> None:
    assert freeform.text_of(arguments) == arguments


def test_the_schema_asks_for_it() -> None:
    assert freeform.schema()["required"] == [freeform.ARGUMENT] == list(freeform.schema()["properties"])
