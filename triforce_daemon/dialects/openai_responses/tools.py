"""Tools, which of them to call, and the form of the answer."""

from typing import Any

from triforce_daemon.dialects import fields, freeform, tool_schema
from triforce_daemon.dialects.canonical import OutputFormat, Tool, ToolChoice
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_responses.names import Names, flat_name
from triforce_daemon.dialects.openai_responses.parts import OWN


def read_tools(body: dict[str, Any], extras: dict[str, Any]) -> list[Tool]:
    """`tools`, also those in namespaces. Tools of the server's own are kept in `extras`."""
    tools: list[Tool] = []
    for number, entry in enumerate(fields.entries(body, "tools")):
        path = f"tools[{number}]"
        tool = fields.as_object(entry, path)
        kind = fields.needed_text(tool, "type", path)
        if kind in ("function", "custom"):
            tools.append(_read_tool(tool, path, None))
        elif kind == "namespace":
            space = {name: value for name, value in tool.items() if name != "tools"}
            fields.needed_text(tool, "name", path)
            for place, inner in enumerate(fields.entries(tool, "tools", path)):
                where = f"{path}.tools[{place}]"
                tools.append(_read_tool(fields.as_object(inner, where), where, space))
        else:
            extras.setdefault(f"tools[].{kind}", []).append(tool)
    return tools


_KNOWN = ("type", "name", "description", "parameters", "strict", "format")


def _read_tool(tool: dict[str, Any], path: str, namespace: dict[str, Any] | None) -> Tool:
    name = fields.needed_text(tool, "name", path)
    description = fields.text(tool, "description", path)
    if tool.get("type") == "custom":
        form = fields.mapping(tool, "format", path) or {}
        read = Tool(name=name, description=description, schema=freeform.schema(), freeform=form)
    else:
        schema = tool_schema.read(fields.mapping(tool, "parameters", path))
        read = Tool(name=name, description=description, schema=schema)
        if (strict := fields.flag(tool, "strict", path)) is not None:
            read["strict"] = strict
    extras = {name: value for name, value in tool.items() if name not in _KNOWN and value is not None}
    if namespace is not None:
        read["name"] = flat_name(namespace["name"], name)
        extras["namespace"] = namespace
    if extras:
        read["extras"] = {OWN: extras}
    return read


def write_tools(tools: list[Tool], losses: Losses) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    spaces: dict[str, dict[str, Any]] = {}
    names = Names(tools)
    for tool in tools:
        extras = dict(losses.extras(tool, OWN))
        space = extras.pop("namespace", None)
        one = _write_tool(tool, names.written(tool["name"])["name"]) | extras
        if space is None:
            written.append(one)
        elif space["name"] in spaces:
            spaces[space["name"]]["tools"].append(one)
        else:
            spaces[space["name"]] = {**space, "tools": [one]}
            written.append(spaces[space["name"]])
    return written


def _write_tool(tool: Tool, name: str) -> dict[str, Any]:
    described = {"name": name}
    if tool["description"] is not None:
        described["description"] = tool["description"]
    if "freeform" in tool:
        return {"type": "custom", **described, **({"format": tool["freeform"]} if tool["freeform"] else {})}
    # OpenAI takes tools for strict here where nothing else is said.
    return {
        "type": "function",
        **described,
        "parameters": tool_schema.write(tool["schema"]),
        "strict": tool.get("strict", False),
    }


def read_choice(body: dict[str, Any], tools: list[Tool], extras: dict[str, Any]) -> ToolChoice | None:
    """`tool_choice`; `allowed_tools` leaves only those in `tools`. One of the server's own is kept in `extras`."""
    value = body.get("tool_choice")
    if value is None:
        return None
    if isinstance(value, str):
        if value not in ("none", "auto", "required"):
            fields.refuse("tool_choice", "none, auto, required or an object")
        return ToolChoice(mode=value)
    choice = fields.as_object(value, "tool_choice")
    kind = fields.needed_text(choice, "type", "tool_choice")
    if kind in ("function", "custom"):
        space = fields.text(choice, "namespace", "tool_choice")
        return ToolChoice(mode="one", name=flat_name(space, fields.needed_text(choice, "name", "tool_choice")))
    if kind == "allowed_tools":
        return _read_allowed(choice, tools)
    extras["tool_choice"] = choice
    return None


def _read_allowed(choice: dict[str, Any], tools: list[Tool]) -> ToolChoice:
    mode = fields.needed_text(choice, "mode", "tool_choice")
    if mode not in ("auto", "required"):
        fields.refuse("tool_choice.mode", "auto or required")
    names: set[str] = set()
    for number, entry in enumerate(fields.entries(choice, "tools", "tool_choice")):
        path = f"tool_choice.tools[{number}]"
        tool = fields.as_object(entry, path)
        if tool.get("type") in ("function", "custom"):
            names.add(fields.needed_text(tool, "name", path))
    tools[:] = [tool for tool in tools if tool["name"] in names]
    return ToolChoice(mode=mode)


def write_choice(choice: ToolChoice, tools: list[Tool]) -> str | dict[str, Any]:
    if choice["mode"] != "one":
        return choice["mode"]
    name, names = choice.get("name", ""), Names(tools)
    return {"type": "custom" if names.takes_text(name) else "function", **names.written(name)}


def read_format(body: dict[str, Any]) -> OutputFormat | None:
    """`text.format`."""
    text = fields.mapping(body, "text")
    form = fields.mapping(text, "format", "text") if text else None
    if form is None:
        return None
    kind = fields.needed_text(form, "type", "text.format")
    if kind == "text":
        return OutputFormat(type="text")
    if kind == "json_object":
        return OutputFormat(type="json")
    if kind != "json_schema":
        fields.refuse("text.format.type", "text, json_object or json_schema")
    read = OutputFormat(type="schema", schema=fields.mapping(form, "schema", "text.format") or {})
    if name := fields.text(form, "name", "text.format"):
        read["name"] = name
    if description := fields.text(form, "description", "text.format"):
        read["description"] = description
    if (strict := fields.flag(form, "strict", "text.format")) is not None:
        read["strict"] = strict
    return read


def write_format(form: OutputFormat) -> dict[str, Any]:
    if form["type"] == "text":
        return {"type": "text"}
    if form["type"] == "json":
        return {"type": "json_object"}
    schema: dict[str, Any] = {"name": form.get("name", "answer"), "schema": form.get("schema", {})}
    schema |= {name: value for name, value in form.items() if name in ("description", "strict")}
    return {"type": "json_schema", **schema}
