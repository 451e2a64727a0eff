"""What Gemini takes as a function."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.gemini.tool_rules import tool_problems


def severities(schema: dict[str, Any], name: str = "x") -> list[tuple[str, str]]:
    return [(one.severity, one.at) for one in tool_problems(Tool(name=name, description=None, schema=schema))]


@pytest.mark.parametrize(("name", "right"), [("a.b:c-d_1", True), ("_a", True), ("1a", False), ("x" * 65, False)])
def test_names(name: str, right: bool) -> None:
    assert severities({}, name) == ([] if right else [("refused", "")])


def test_lists_say_what_is_in_them() -> None:
    assert severities({"type": "object", "properties": {"a": {"type": "array"}}}) == [("refused", "properties.a")]


def test_what_no_model_is_held_to() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "x", "maxLength": 3, "default": ""}}}
    assert severities(schema) == [("loose", "properties.a.pattern"), ("loose", "properties.a.maxLength")]
