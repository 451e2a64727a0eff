"""What Anthropic takes as a tool: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools"""

import re
from collections.abc import Iterator

from triforce_daemon.dialects.anthropic.schema import narrow
from triforce_daemon.dialects.canonical import Tool
from triforce_daemon.dialects.tool_problems import Schema, ToolProblem, found, properties, root_of_object
from triforce_daemon.errors import InvalidRequest

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PROPERTY = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NOT_AT_THE_TOP = frozenset(("oneOf", "allOf", "anyOf"))


def tool_problems(tool: Tool) -> list[ToolProblem]:
    """Of a tool as it would be declared; those of strict mode are told apart."""
    problems: list[ToolProblem] = []
    if not _NAME.fullmatch(tool["name"]):
        problems.append(ToolProblem("refused", "", "a name has 1 to 128 letters, digits, _ and -"))
    schema = tool["schema"]
    problems += root_of_object(schema, _NOT_AT_THE_TOP)
    problems += found(schema, _named)
    problems += _strict(schema)
    return problems


def _named(at: str, schema: Schema) -> Iterator[ToolProblem]:
    inside = f"{at}." if at else ""
    for name in properties(schema):
        if not _PROPERTY.fullmatch(name):
            words = "a property's name has 1 to 64 letters, digits, _, - and dots"
            yield ToolProblem("refused", f"{inside}properties.{name}", words)


def _strict(schema: Schema) -> Iterator[ToolProblem]:
    try:
        lost = narrow(dict(schema))[1]
    except InvalidRequest as error:
        yield ToolProblem("refused", "", error.message)
        return
    for name in lost:
        yield ToolProblem("strict", "", f"strict mode has no {name} of this kind")
