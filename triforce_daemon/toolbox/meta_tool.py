"""`tool_call`: reaches every tool from the toolset `search`, through the same gate and under the real tool's name."""

from collections.abc import Mapping
from typing import Any, cast

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.toolbox.toolsets import SEARCH

NAME = "tool_call"

#: As `tools/list` has it.
ENTRY: dict[str, Any] = {
    "name": NAME,
    "title": "Call any tool by its name",
    "description": "Call any tool by its name. `tools_index` finds one, `tool_lookup` shows its parameters.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "the tool's name"},
            "arguments": {"type": "object", "description": "its arguments"},
        },
        "required": ["name"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": False, "destructiveHint": True, "idempotentHint": False, "openWorldHint": True},
}


def serves(toolset: str) -> bool:
    """Whether it is among the tools of that set."""
    return SEARCH in toolset.split(",")


def unwrapped(arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name and the arguments of the call that is meant. Raises InvalidArguments."""
    name, given = arguments.get("name"), arguments.get("arguments", {})
    if not isinstance(name, str) or not isinstance(given, dict) or not arguments.keys() <= {"name", "arguments"}:
        raise InvalidArguments("tool_call takes a name and arguments.", "`tools_index` lists the names.")
    return name, cast("dict[str, Any]", given)
