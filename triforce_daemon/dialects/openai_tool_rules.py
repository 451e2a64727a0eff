"""What OpenAI takes as a tool: https://platform.openai.com/docs/guides/function-calling"""

import re
from collections.abc import Iterator
from typing import Any

from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.tool_problems import (
    Schema,
    ToolProblem,
    array_without_items,
    found,
    properties,
    root_of_object,
)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NOT_AT_THE_TOP = frozenset(("oneOf", "anyOf", "allOf", "enum", "const", "not"))

# Strict mode: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
_NOT_IN_STRICT = frozenset(
    (
        *("allOf", "not", "oneOf", "if", "then", "else", "dependentRequired", "dependentSchemas", "default"),
        *("minLength", "maxLength", "uniqueItems", "contains", "patternProperties", "propertyNames"),
        *("minProperties", "maxProperties", "unevaluatedProperties", "unevaluatedItems"),
    )
)


def tool_problems(tool: Tool) -> list[ToolProblem]:
    """Of a tool as it would be declared; those of strict mode are told apart."""
    problems: list[ToolProblem] = []
    if not _NAME.fullmatch(tool["name"]):
        problems.append(ToolProblem("refused", "", "a name has 1 to 64 letters, digits, _ and -"))
    schema = tool["schema"]
    problems += root_of_object(schema, _NOT_AT_THE_TOP)
    problems += found(schema, array_without_items, _strict)
    return problems


def _strict(at: str, schema: Schema) -> Iterator[ToolProblem]:
    inside = f"{at}." if at else ""
    for name in sorted(_NOT_IN_STRICT & schema.keys()):
        yield ToolProblem("strict", inside + name, f"strict mode has no {name}")
    if not {"type", "anyOf", "$ref", "enum", "const"} & schema.keys():
        yield ToolProblem("strict", at, "strict mode wants a type")
    if schema.get("type") == "object" or "properties" in schema:
        if schema.get("additionalProperties") is not False:
            yield ToolProblem("strict", at, "strict mode wants additionalProperties to be false")
        required: Any = schema.get("required")
        for name in properties(schema):
            if not isinstance(required, list) or name not in required:
                yield ToolProblem("strict", f"{inside}properties.{name}", "strict mode wants every property required")
