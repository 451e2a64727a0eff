"""Tools, and which of them to call: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools"""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.anthropic.blocks import OWN, extras_of
from triforce_daemon.dialects.anthropic.schema import conforms
from triforce_daemon.dialects.canonical import Request, Tool, ToolChoice
from triforce_daemon.dialects.losses import Losses

_KNOWN = frozenset(("type", "name", "description", "input_schema", "strict"))


def read_tools(body: dict[str, Any], extras: dict[str, Any]) -> list[Tool]:
    """`tools`; those that the server itself runs are kept in `extras`."""
    tools: list[Tool] = []
    for number, entry in enumerate(fields.entries(body, "tools")):
        path = f"tools[{number}]"
        tool = fields.as_object(entry, path)
        kind = fields.text(tool, "type", path)
        if kind is None or kind == "custom":
            tools.append(_read_tool(tool, path))
        else:
            extras.setdefault(f"tools[].{kind}", []).append(tool)
    return tools


def _read_tool(tool: dict[str, Any], path: str) -> Tool:
    read = Tool(
        name=fields.needed_text(tool, "name", path),
        description=fields.text(tool, "description", path),
        schema=fields.as_object(tool.get("input_schema"), f"{path}.input_schema"),
    )
    if (strict := fields.flag(tool, "strict", path)) is not None:
        read["strict"] = strict
    if extras := extras_of(tool, _KNOWN):
        read["extras"] = {OWN: extras}
    return read


def read_choice(body: dict[str, Any]) -> tuple[ToolChoice | None, bool | None]:
    """`tool_choice`: which tool, and whether several at once."""
    choice = fields.mapping(body, "tool_choice")
    if choice is None:
        return None, None
    kind = fields.needed_text(choice, "type", "tool_choice")
    alone = fields.flag(choice, "disable_parallel_tool_use", "tool_choice")
    parallel = None if alone is None else not alone
    if kind == "tool":
        return ToolChoice(mode="one", name=fields.needed_text(choice, "name", "tool_choice")), parallel
    if kind == "auto":
        return ToolChoice(mode="auto"), parallel
    if kind == "any":
        return ToolChoice(mode="required"), parallel
    if kind == "none":
        return ToolChoice(mode="none"), parallel
    fields.refuse("tool_choice.type", "auto, any, tool or none")


def write_tools(tools: list[Tool], losses: Losses, *, structured: bool) -> list[dict[str, Any]]:
    """`structured`: the model can be held to a schema."""
    return [_write_tool(tool, losses, structured) for tool in tools]


def _write_tool(tool: Tool, losses: Losses, structured: bool) -> dict[str, Any]:
    empty: dict[str, Any] = {"type": "object", "properties": {}}
    schema = empty | tool["schema"]
    written: dict[str, Any] = {"name": tool["name"]}
    if tool["description"]:
        written["description"] = tool["description"]
    written["input_schema"] = schema
    if tool.get("strict"):
        if structured and conforms(schema):
            written["strict"] = True
        else:
            losses.add("tools[].strict")
    if tool.get("freeform"):
        losses.add("tools[].format")
    return written | losses.extras(tool, OWN)


def is_forced(request: Request) -> bool:
    """Whether the model shall call a tool, whatever it thinks of it."""
    choice = request.tool_choice
    return bool(request.tools) and choice is not None and choice["mode"] in ("required", "one")


def write_choice(request: Request, losses: Losses, *, forced: bool) -> dict[str, Any] | None:
    """`tool_choice`; None where nothing is to be said. `forced`: the model can be made to call a tool."""
    choice, alone = request.tool_choice, request.parallel_tool_calls is False
    if not request.tools or (choice is None and not alone):
        return None
    written: dict[str, Any] = {"type": "auto"}
    if is_forced(request) and not forced:
        losses.add("tool_choice")
    elif choice is not None and choice["mode"] == "one":
        written = {"type": "tool", "name": choice.get("name", "")}
    elif choice is not None:
        written = {"type": "any" if choice["mode"] == "required" else choice["mode"]}
    if alone and written["type"] != "none":
        written["disable_parallel_tool_use"] = True
    return written
