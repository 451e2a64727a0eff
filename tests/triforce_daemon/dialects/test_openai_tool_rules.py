"""What OpenAI takes as a tool, in strict mode and outside of it."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.openai_tool_rules import tool_problems

STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def severities(schema: dict[str, Any], name: str = "x") -> list[tuple[str, str]]:
    return [(one.severity, one.at) for one in tool_problems(Tool(name=name, description=None, schema=schema))]


def test_what_is_right_is_right() -> None:
    assert severities(STRICT) == []


@pytest.mark.parametrize("name", ["", "a b", "a.b", "ä", "x" * 65])
def test_names_that_it_refuses(name: str) -> None:
    assert severities(STRICT, name) == [("refused", "")]


def test_what_it_refuses_of_a_schema() -> None:
    assert ("refused", "anyOf") in severities({**STRICT, "anyOf": [{"required": ["a"]}]})
    assert ("refused", "type") in severities({"type": "string"})
    assert ("refused", "properties.a") in severities({**STRICT, "properties": {"a": {"type": "array"}}})


def test_what_strict_mode_refuses() -> None:
    loose = {"type": "object", "properties": {"a": {"type": "integer", "default": 1}, "b": {"description": "any"}}}
    assert severities(loose) == [
        ("strict", ""),
        ("strict", "properties.a"),
        ("strict", "properties.b"),
        ("strict", "properties.a.default"),
        ("strict", "properties.b"),
    ]
