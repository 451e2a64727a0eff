"""What Anthropic takes as a tool."""

from typing import Any

from triforce_daemon.dialects.anthropic.tool_rules import tool_problems
from triforce_daemon.dialects.canonical import Tool


def severities(schema: dict[str, Any], name: str = "x") -> list[tuple[str, str]]:
    return [(one.severity, one.at) for one in tool_problems(Tool(name=name, description=None, schema=schema))]


def test_names_and_the_top() -> None:
    assert severities({}) == []
    assert severities({}, "x" * 128) == [] and severities({}, "x" * 129) == [("refused", "")]
    assert severities({}, "a.b") == [("refused", "")]
    assert ("refused", "oneOf") in severities({"type": "object", "oneOf": []})
    assert ("refused", "type") in severities({"type": "array", "items": {}})


def test_names_of_properties() -> None:
    inner = {"type": "object", "properties": {"a b": {"type": "string"}}, "additionalProperties": False}
    schema = {"type": "object", "properties": {"ok": inner}, "additionalProperties": False}
    assert severities(schema) == [("refused", "properties.ok.properties.a b")]


def test_what_strict_mode_lacks() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 1}}, "additionalProperties": False}
    assert severities(schema) == [("strict", "")]
