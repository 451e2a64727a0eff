"""A schema is gone through to its end, however it is made; what is told says where it stands."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triforce_daemon.dialects.all import by_name
from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.tool_problems import array_without_items, beyond, found, schemas

KEYWORDS = st.sampled_from(
    ["type", "properties", "items", "anyOf", "allOf", "not", "$defs", "required", "additionalProperties", "enum", "x"]
)
#: As they come of JSON: larger numbers are read as such with a fraction.
INTEGERS = st.integers(-(2**63), 2**64 - 1)
ANYTHING = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS, inner, max_size=4),
    max_leaves=20,
)


def test_every_schema_within_is_met_where_it_stands() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"not": {"type": "null"}}]}}},
        "$defs": {"D": {"additionalProperties": {"type": "integer"}}},
    }
    assert [at for at, _ in schemas(schema)] == [
        "",
        "properties.a",
        "properties.a.items",
        "properties.a.items.anyOf.0",
        "properties.a.items.anyOf.1",
        "properties.a.items.anyOf.1.not",
        "$defs.D",
        "$defs.D.additionalProperties",
    ]


def test_rules_are_told_where_they_are_broken() -> None:
    schema = {"properties": {"a": {"type": "array"}, "b": {"pattern": "x"}}}
    problems = list(found(schema, array_without_items, beyond({"properties", "type"})))
    assert [(one.severity, one.at) for one in problems] == [
        ("refused", "properties.a"),
        ("loose", "properties.b.pattern"),
    ]


def test_what_is_endless_ends() -> None:
    schema: dict[str, Any] = {}
    schema["items"] = schema
    assert len(list(schemas(schema))) == 64


@pytest.mark.parametrize("name", list(by_name()))
@given(schema=st.dictionaries(KEYWORDS, ANYTHING, max_size=4), called=st.text(max_size=6))
def test_no_schema_of_a_stranger_breaks_a_rule_itself(name: str, schema: dict[str, Any], called: str) -> None:
    for problem in by_name()[name].tool_problems(Tool(name=called, description=None, schema=schema)):
        assert problem.words
