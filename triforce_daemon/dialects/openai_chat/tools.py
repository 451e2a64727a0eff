"""Tools, which of them to call, and the form of the answer."""

from typing import Any, cast

from triforce_daemon.dialects import fields, freeform, tool_schema
from triforce_daemon.dialects.canonical import OutputFormat, Tool, ToolChoice
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.parts import OWN

_KNOWN = ("name", "description", "parameters", "strict")


def read_tools(body: dict[str, Any], extras: dict[str, Any]) -> list[Tool]:
    """`tools`, or `functions` as they were called before. Tools of the server's own are kept in `extras`."""
    tools: list[Tool] = []
    for number, entry in enumerate(fields.entries(body, "tools")):
        path = f"tools[{number}]"
        tool = fields.as_object(entry, path)
        kind = fields.needed_text(tool, "type", path)
        if kind == "function":
            tools.append(_read_function(fields.as_object(tool.get("function"), f"{path}.function"), f"{path}.function"))
        elif kind == "custom":
            tools.append(_read_custom(fields.as_object(tool.get("custom"), f"{path}.custom"), f"{path}.custom"))
        else:
            extras.setdefault(f"tools[].{kind}", []).append(tool)
    for number, entry in enumerate(fields.entries(body, "functions")):
        path = f"functions[{number}]"
        tools.append(_read_function(fields.as_object(entry, path), path))
    return tools


def _read_function(function: dict[str, Any], path: str) -> Tool:
    tool = Tool(
        name=fields.needed_text(function, "name", path),
        description=fields.text(function, "description", path),
        schema=tool_schema.read(fields.mapping(function, "parameters", path)),
    )
    if (strict := fields.flag(function, "strict", path)) is not None:
        tool["strict"] = strict
    if extras := {name: value for name, value in function.items() if name not in _KNOWN and value is not None}:
        tool["extras"] = {OWN: extras}
    return tool


def _read_custom(custom: dict[str, Any], path: str) -> Tool:
    return Tool(
        name=fields.needed_text(custom, "name", path),
        description=fields.text(custom, "description", path),
        schema=freeform.schema(),
        freeform=fields.mapping(custom, "format", path) or {},
    )


def write_tools(tools: list[Tool], losses: Losses) -> list[dict[str, Any]]:
    """Tools that take free text as functions: few upstreams know them as what they are."""
    written: list[dict[str, Any]] = []
    for tool in tools:
        extras = losses.extras(tool, OWN)
        if tool.get("freeform"):
            losses.add("tools[].format")
        function: dict[str, Any] = {"name": tool["name"]}
        if tool["description"] is not None:
            function["description"] = tool["description"]
        function["parameters"] = tool_schema.write(tool["schema"])
        if "strict" in tool:
            function["strict"] = tool["strict"]
        written.append({"type": "function", "function": function | extras})
    return written


def read_choice(body: dict[str, Any], tools: list[Tool]) -> ToolChoice | None:
    """`tool_choice`, or `function_call` as it was called before; `allowed_tools` leaves only those in `tools`."""
    name = "tool_choice" if body.get("tool_choice") is not None else "function_call"
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        if value not in ("none", "auto", "required"):
            fields.refuse(name, "none, auto, required or an object")
        return ToolChoice(mode=value)
    choice = fields.as_object(value, name)
    if name == "function_call":
        return ToolChoice(mode="one", name=fields.needed_text(choice, "name", name))
    kind = fields.needed_text(choice, "type", name)
    if kind == "allowed_tools":
        return _read_allowed(fields.as_object(choice.get(kind), f"{name}.{kind}"), f"{name}.{kind}", tools)
    if kind not in ("function", "custom"):
        fields.refuse(f"{name}.type", "function, custom or allowed_tools")
    chosen = fields.as_object(choice.get(kind), f"{name}.{kind}")
    return ToolChoice(mode="one", name=fields.needed_text(chosen, "name", f"{name}.{kind}"))


def _read_allowed(allowed: dict[str, Any], path: str, tools: list[Tool]) -> ToolChoice:
    mode = fields.needed_text(allowed, "mode", path)
    if mode not in ("auto", "required"):
        fields.refuse(f"{path}.mode", "auto or required")
    names: set[str] = set()
    for number, entry in enumerate(fields.entries(allowed, "tools", path)):
        where = f"{path}.tools[{number}]"
        tool = fields.as_object(entry, where)
        kind = "custom" if tool.get("type") == "custom" else "function"
        names.add(fields.needed_text(fields.as_object(tool.get(kind), f"{where}.{kind}"), "name", f"{where}.{kind}"))
    tools[:] = [tool for tool in tools if tool["name"] in names]
    return ToolChoice(mode=mode)


def write_choice(choice: ToolChoice) -> str | dict[str, Any]:
    if choice["mode"] == "one":
        return {"type": "function", "function": {"name": choice.get("name", "")}}
    return choice["mode"]


def read_format(body: dict[str, Any]) -> OutputFormat | None:
    """`response_format`."""
    form = fields.mapping(body, "response_format")
    if form is None:
        return None
    kind = fields.needed_text(form, "type", "response_format")
    if kind == "text":
        return OutputFormat(type="text")
    if kind == "json_object":
        return OutputFormat(type="json")
    if kind != "json_schema":
        fields.refuse("response_format.type", "text, json_object or json_schema")
    path = "response_format.json_schema"
    declared = fields.as_object(form.get("json_schema"), path)
    read = OutputFormat(type="schema", schema=fields.mapping(declared, "schema", path) or {})
    if name := fields.text(declared, "name", path):
        read["name"] = name
    if description := fields.text(declared, "description", path):
        read["description"] = description
    if (strict := fields.flag(declared, "strict", path)) is not None:
        read["strict"] = strict
    return read


def write_format(form: OutputFormat) -> dict[str, Any]:
    if form["type"] == "text":
        return {"type": "text"}
    if form["type"] == "json":
        return {"type": "json_object"}
    declared: dict[str, Any] = {"name": form.get("name", "answer"), "schema": form.get("schema", {})}
    declared |= {name: value for name, value in form.items() if name in ("description", "strict")}
    return {"type": "json_schema", "json_schema": cast(Any, declared)}
