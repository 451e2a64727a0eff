"""What Ollama takes as a tool."""

from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.ollama.tool_rules import tool_problems


def test_little_is_refused_and_much_is_lost() -> None:
    schema = {"type": "object", "properties": {"a": True, "b": {"type": "integer", "minimum": 1}}}
    problems = tool_problems(Tool(name="any name", description=None, schema=schema))
    assert [(one.severity, one.at) for one in problems] == [
        ("refused", "properties.a"),
        ("loose", "properties.b.minimum"),
    ]
    assert [one.severity for one in tool_problems(Tool(name="", description=None, schema={}))] == ["refused"]
