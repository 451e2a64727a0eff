"""What Gemini takes as a function: https://ai.google.dev/api/caching#FunctionDeclaration"""

import re

from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.tool_problems import ToolProblem, array_without_items, beyond, found, root_of_object

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")
#: Of JSON Schema what it documents: https://ai.google.dev/api/generate-content#FIELDS.response_json_schema
_KNOWN = frozenset(
    (
        *("$id", "$defs", "$ref", "$anchor", "type", "format", "title", "description", "enum", "items", "prefixItems"),
        *("minItems", "maxItems", "minimum", "maximum", "anyOf", "oneOf", "properties", "additionalProperties"),
        *("required", "propertyOrdering"),
        # They only describe.
        *("default", "examples", "$schema", "$comment"),
    )
)


def tool_problems(tool: Tool) -> list[ToolProblem]:
    """Of a tool as it would be declared."""
    problems: list[ToolProblem] = []
    if not _NAME.fullmatch(tool["name"]):
        words = "a name has up to 64 letters, digits, _, -, dots and colons, and begins with a letter or _"
        problems.append(ToolProblem("refused", "", words))
    schema = tool["schema"]
    problems += root_of_object(schema, ())
    problems += found(schema, array_without_items, beyond(_KNOWN))
    return problems
