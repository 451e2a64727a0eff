"""Fields by either of their names."""

from typing import Any

import pytest

from triforce_daemon.dialects.gemini.names import camel, camel_mapping, camel_object
from triforce_daemon.errors import InvalidRequest


def test_only_the_object_s_own_fields_change() -> None:
    body: dict[str, Any] = {
        "system_instruction": {"my_key": 1},
        "contents": [],
        "_responseJsonSchema": 2,
        "top_p": 3,
        "a_": 4,
    }
    assert camel(body) == {
        "systemInstruction": {"my_key": 1},
        "contents": [],
        "_responseJsonSchema": 2,
        "topP": 3,
        "a": 4,
    }


def test_an_object_in_camel_case_is_not_copied() -> None:
    body = {"topP": 1}
    assert camel(body) is body


def test_kinds_are_checked() -> None:
    assert camel_object({"a_b": 1}, "x") == {"aB": 1}
    assert camel_mapping({"x": {"a_b": 1}}, "x") == {"aB": 1}
    assert camel_mapping({"x": None}, "x") is None
    with pytest.raises(InvalidRequest, match=r"^`tools\[0\]`"):
        camel_object([], "tools[0]")
    with pytest.raises(InvalidRequest, match=r"^`a\.x`"):
        camel_mapping({"x": 7}, "x", "a")
