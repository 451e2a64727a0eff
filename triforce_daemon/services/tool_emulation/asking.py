"""Asks for tool calls those who know none: the tools are told in words, and the answer is held to a form.

The form is one JSON object: {"name", "arguments"} is a call, {"calls": […]} several at once, {"answer"} none.
"""

from dataclasses import replace
from typing import Any

import orjson

from triforce_daemon.dialects import json_text, tool_schema
from triforce_daemon.dialects.canonical import Message, OutputFormat, Part, Request, TextPart, Tool, ToolCallPart
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.tool_emulation.form import closed, held_to

_NEXT = 'Now write {"answer": …}, or call another tool.'
_NOW_ANSWER = 'Now write {"answer": …}, without another call.'
#: A small model that has begun a list finds no end of it.
MOST_CALLS = 8


def applies(request: Request) -> bool:
    """Whether the request has anything to do with tools."""
    return bool(request.tools) or any(
        part["type"] in ("tool_call", "tool_result") for message in request.messages for part in message["parts"]
    )


def asked(request: Request) -> Request:
    """The same request without tools: they stand in the system's text, their calls and results in what was said.

    Raises InvalidRequest where the choice names a tool that is not there.
    """
    tools = _offered(request)
    messages = _told(request.messages)
    output = request.output
    if not tools and request.tools and request.messages[-1]["role"] == "tool":
        # It has called, and may call no more: what it has learnt to write would be taken for another call.
        messages = _reminded(messages, _NOW_ANSWER)
        output = _form_of([], {"answer": _answer(request.output)})
    if tools:
        if request.messages[-1]["role"] == "tool" and _may_answer(request):
            messages = _reminded(messages, _NEXT)
        messages = _instructed(messages, _instructions(request, tools))
        output = _form(request, tools)
    return replace(request, messages=messages, tools=[], tool_choice=None, parallel_tool_calls=None, output=output)


def _offered(request: Request) -> list[Tool]:
    choice = request.tool_choice
    if choice is None or choice["mode"] in ("auto", "required"):
        return request.tools
    if choice["mode"] == "none":
        return []
    named = [tool for tool in request.tools if tool["name"] == choice.get("name")]
    if not named:
        raise InvalidRequest(f"`tool_choice` names `{choice.get('name')}`, which is none of the request's tools.")
    return named


def _may_answer(request: Request) -> bool:
    return request.tool_choice is None or request.tool_choice["mode"] == "auto"


def _form(request: Request, tools: list[Tool]) -> OutputFormat:
    definitions = {
        f"arguments_{number}": held_to(tool_schema.write(tool["schema"]), f"#/$defs/arguments_{number}")
        for number, tool in enumerate(tools)
    }
    calls = [
        closed(name={"const": tool["name"]}, arguments={"$ref": f"#/$defs/arguments_{number}"})
        for number, tool in enumerate(tools)
    ]
    forms = calls
    if request.parallel_tool_calls:
        forms = [closed(calls={"type": "array", "items": {"anyOf": calls}, "minItems": 1, "maxItems": MOST_CALLS})]
    if _may_answer(request):
        definitions["answer"] = _answer(request.output)
    return _form_of(forms, definitions)


def _form_of(calls: list[dict[str, Any]], definitions: dict[str, Any]) -> OutputFormat:
    """One of the calls or, where its form is among the definitions, an answer."""
    answer = [closed(answer={"$ref": "#/$defs/answer"})] if "answer" in definitions else []
    return OutputFormat(type="schema", name="step", schema={"$defs": definitions, "anyOf": [*calls, *answer]})


def _answer(output: OutputFormat | None) -> dict[str, Any]:
    if output is None or output["type"] == "text":
        return {"type": "string"}
    return held_to(output.get("schema", {"type": "object"}), "#/$defs/answer")


def _instructions(request: Request, tools: list[Tool]) -> str:
    call = '{"name": "the tool", "arguments": {…}}'
    how = f"To call a tool, write {call}."
    if request.parallel_tool_calls:
        how = f'To call tools, write {{"calls": [{call}, …]}}.'
    if _may_answer(request):
        how += ' To answer without a tool, write {"answer": …}.'
    described = "\n".join(_described(tool) for tool in tools)
    return f"You can call tools. Write one JSON object and nothing else. {how}\n\nThe tools:\n{described}"


def _described(tool: Tool) -> str:
    schema = orjson.dumps(tool_schema.write(tool["schema"])).decode()
    about = f": {tool['description']}" if tool["description"] else ""
    return f"- {tool['name']}{about}\n  arguments: {schema}"


def _instructed(messages: list[Message], text: str) -> list[Message]:
    part = TextPart(type="text", text=text)
    if messages and messages[0]["role"] == "system":
        return [{**messages[0], "parts": [*messages[0]["parts"], part]}, *messages[1:]]
    return [Message(role="system", parts=[part]), *messages]


def _reminded(messages: list[Message], text: str) -> list[Message]:
    """A small model that sees its call and the result makes the same call again, unless it is told what is next."""
    part = TextPart(type="text", text=text)
    return [*messages[:-1], {**messages[-1], "parts": [*messages[-1]["parts"], part]}]


def _told(messages: list[Message]) -> list[Message]:
    """Calls as the model would write them, results as what the user says next; users' turns in a row are one."""
    names: dict[str, str] = {}
    told: list[Message] = []
    for message in messages:
        if message["role"] == "assistant":
            names |= {part["id"]: part["name"] for part in message["parts"] if part["type"] == "tool_call"}
            told.append({**message, "parts": _with_written_calls(message["parts"])})
            continue
        parts = [part for each in message["parts"] for part in _with_written_result(each, names)]
        role = "user" if message["role"] == "tool" else message["role"]
        if role == "user" and told and told[-1]["role"] == "user":
            told[-1] = {**told[-1], "parts": [*told[-1]["parts"], *parts]}
        else:
            told.append({**message, "role": role, "parts": parts})
    return told


def _with_written_calls(parts: list[Part]) -> list[Part]:
    calls = [_written(part) for part in parts if part["type"] == "tool_call"]
    others = [part for part in parts if part["type"] != "tool_call"]
    if not calls:
        return parts
    text = calls[0] if len(calls) == 1 else f'{{"calls": [{", ".join(calls)}]}}'
    return [*others, TextPart(type="text", text=f"\n{text}" if others else text)]


def _written(call: ToolCallPart) -> str:
    arguments = json_text.spliced(call["arguments"]).decode()
    return f'{{"name": {orjson.dumps(call["name"]).decode()}, "arguments": {arguments}}}'


def _with_written_result(part: Part, names: dict[str, str]) -> list[Part]:
    if part["type"] != "tool_result":
        return [part]
    name = part["name"] or names.get(part["id"], "the tool")
    heading = f"{name} failed:\n" if part["failed"] else f"{name} returned:\n"
    return [TextPart(type="text", text=heading), *part["content"], TextPart(type="text", text="\n")]
