"""What Ollama takes as a tool, and hands on to a model: https://docs.ollama.com/capabilities/tool-calling"""

from collections.abc import Iterator

from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.tool_problems import Schema, ToolProblem, beyond, found, properties, root_of_object

#: What it reads; all else is lost before the model's template sees it.
_KNOWN = frozenset(("type", "description", "enum", "items", "anyOf", "properties", "required", "$defs"))


def tool_problems(tool: Tool) -> list[ToolProblem]:
    """Of a tool as it would be declared; any name will do."""
    schema = tool["schema"]
    problems = [ToolProblem("refused", "", "a tool needs a name")] if not tool["name"] else []
    problems += root_of_object(schema, ())
    problems += found(schema, _no_schema, beyond(_KNOWN))
    return problems


def _no_schema(at: str, schema: Schema) -> Iterator[ToolProblem]:
    """True and false stand for anything and nothing in JSON Schema; Ollama cannot read them."""
    for name, value in properties(schema).items():
        if not isinstance(value, dict):
            yield ToolProblem("refused", f"{at}.properties.{name}" if at else f"properties.{name}", "no object")
