"""What is wrong with JSON, and where."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triforce_daemon.children.lint_json import issues

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_what_is_right_has_no_issues(value: object, ascii_only: bool, indent: int | None) -> None:
    assert list(issues(json.dumps(value, ensure_ascii=ascii_only, indent=indent))) == []


@pytest.mark.parametrize(
    ("code", "line", "col", "rule"),
    [
        ('{"a": 1,\n "b": {"a": 2, "a": 3}}', 2, 16, "duplicate-key"),
        ('[{"k": "k"}, {"k": 1,\n"\\u006b": 1}]', 2, 1, "duplicate-key"),
        ('{"a": [1, NaN]}', 1, 11, "not-finite"),
        ('{"a": 1 "b"}', 1, 9, "syntax-error"),
        ("", 1, 1, "syntax-error"),
        ("[" * 100_000, 1, 1, "syntax-error"),
    ],
)
def test_json(code: str, line: int, col: int, rule: str) -> None:
    (issue,) = issues(code)
    assert (issue["line"], issue["col"], issue["rule"]) == (line, col, rule)
