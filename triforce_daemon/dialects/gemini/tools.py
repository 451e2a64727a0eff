"""Tools, and which of them to call: https://ai.google.dev/gemini-api/docs/function-calling"""

from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Request, Tool, ToolChoice
from triforce_daemon.dialects.gemini.names import camel_mapping, camel_object
from triforce_daemon.dialects.gemini.parts import OWN
from triforce_daemon.dialects.gemini.schema import to_json_schema
from triforce_daemon.dialects.losses import Losses

_KNOWN = frozenset(("name", "description", "parameters", "parametersJsonSchema"))
_CONFIG = "toolConfig.functionCallingConfig"


def read_tools(body: dict[str, Any], extras: dict[str, Any]) -> list[Tool]:
    """The functions in `tools`; what the server itself runs is kept in `extras`."""
    tools: list[Tool] = []
    for number, entry in enumerate(fields.entries(body, "tools")):
        path = f"tools[{number}]"
        tool = camel_object(entry, path)
        for place, function in enumerate(fields.entries(tool, "functionDeclarations", path)):
            where = f"{path}.functionDeclarations[{place}]"
            tools.append(_read_function(camel_object(function, where), where))
        for name, value in tool.items():
            if name != "functionDeclarations" and value is not None:
                extras[f"tools[].{name}"] = value
    return tools


def _read_function(function: dict[str, Any], path: str) -> Tool:
    schema = fields.mapping(function, "parametersJsonSchema", path)
    if schema is None and (declared := fields.mapping(function, "parameters", path)) is not None:
        schema = to_json_schema(declared)
    tool = Tool(
        name=fields.needed_text(function, "name", path),
        description=fields.text(function, "description", path),
        schema=schema or {},
    )
    if extras := {name: value for name, value in function.items() if name not in _KNOWN and value is not None}:
        tool["extras"] = {OWN: extras}
    return tool


def read_choice(body: dict[str, Any], tools: list[Tool], extras: dict[str, Any]) -> ToolChoice | None:
    """`toolConfig`. Where only some functions are allowed, only those stay in `tools`."""
    config = camel_mapping(body, "toolConfig")
    if config is None:
        return None
    for name, value in config.items():
        if name != "functionCallingConfig" and value is not None:
            extras[f"toolConfig.{name}"] = value
    calling = camel_mapping(config, "functionCallingConfig", "toolConfig")
    if calling is None:
        return None
    mode = fields.text(calling, "mode", _CONFIG) or "AUTO"
    allowed = fields.texts(calling, "allowedFunctionNames", _CONFIG)
    if allowed and mode != "NONE":
        tools[:] = [tool for tool in tools if tool["name"] in allowed]
    if mode == "NONE":
        return ToolChoice(mode="none")
    if mode == "ANY":
        return ToolChoice(mode="one", name=allowed[0]) if len(allowed) == 1 else ToolChoice(mode="required")
    if mode == "VALIDATED":
        extras[f"{_CONFIG}.mode"] = mode
    elif mode not in ("AUTO", "MODE_UNSPECIFIED"):
        fields.refuse(f"{_CONFIG}.mode", "AUTO, ANY, NONE or VALIDATED")
    return ToolChoice(mode="auto")


def write_tools(tools: list[Tool], losses: Losses) -> list[dict[str, Any]]:
    functions = [_write_function(tool, losses) for tool in tools]
    return [{"functionDeclarations": functions}] if functions else []


def _write_function(tool: Tool, losses: Losses) -> dict[str, Any]:
    if tool.get("strict"):
        losses.add("tools[].strict")
    if tool.get("freeform"):
        losses.add("tools[].format")
    function: dict[str, Any] = {"name": tool["name"]}
    if tool["description"]:
        function["description"] = tool["description"]
    if tool["schema"]:
        function["parametersJsonSchema"] = tool["schema"]
    return function | losses.extras(tool, OWN)


def write_choice(request: Request, losses: Losses) -> dict[str, Any] | None:
    """`functionCallingConfig`; None where nothing is to be said."""
    choice = request.tool_choice
    if not request.tools:
        return None
    if request.parallel_tool_calls is False:
        losses.add("parallel_tool_calls")
    if choice is None:
        return None
    if choice["mode"] == "one":
        return {"mode": "ANY", "allowedFunctionNames": [choice.get("name", "")]}
    return {"mode": {"auto": "AUTO", "none": "NONE", "required": "ANY"}[choice["mode"]]}
