"""What is asked: https://platform.openai.com/docs/api-reference/responses/create"""

from collections.abc import Mapping
from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Request, Thinking, Written
from triforce_daemon.dialects.effort import effort_of
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_responses.items import read_items, write_items
from triforce_daemon.dialects.openai_responses.parts import OWN
from triforce_daemon.dialects.openai_responses.tools import (
    read_choice,
    read_format,
    read_tools,
    write_choice,
    write_format,
    write_tools,
)

PATH = "/responses"

_KNOWN = frozenset(
    (
        "model",
        "input",
        "instructions",
        "stream",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "max_output_tokens",
        "temperature",
        "top_p",
        "text",
        "reasoning",
        "user",
    )
)

#: What says nothing that would not hold without it. Nothing is stored unless `store` asks for it.
_NEUTRAL: dict[str, Any] = {
    "store": False,
    "background": False,
    "truncation": "disabled",
    "include": [],
    "service_tier": "auto",
    "top_logprobs": 0,
}

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

#: The fields that the vocabulary calls otherwise.
SPELLING: Mapping[str, str] = {
    "output": "text.format",
    "output.schema": "text.format.schema",
    "max_tokens": "max_output_tokens",
    "thinking": "reasoning",
    "thinking.visible": "reasoning.summary",
}


def read_request(body: dict[str, Any], model: str | None, stream: bool | None) -> Request:
    """Raises InvalidRequest that names the field. `store`, `previous_response_id` and their like stay in `extras`."""
    extras = {name: value for name, value in body.items() if name not in _KNOWN and _says(name, value)}
    tools = read_tools(body, extras)
    choice = read_choice(body, tools, extras)
    verbosity = fields.text(fields.mapping(body, "text") or {}, "verbosity", "text")
    if verbosity is not None:
        extras["text.verbosity"] = verbosity
    return Request(
        model=model if model is not None else fields.needed_text(body, "model"),
        messages=read_items(body),
        stream=stream if stream is not None else fields.flag(body, "stream") or False,
        tools=tools,
        tool_choice=choice,
        parallel_tool_calls=fields.flag(body, "parallel_tool_calls"),
        max_tokens=fields.whole(body, "max_output_tokens"),
        temperature=fields.number(body, "temperature"),
        top_p=fields.number(body, "top_p"),
        output=read_format(body),
        thinking=_read_thinking(body, extras),
        user=fields.text(body, "user"),
        include_usage=True,
        extras={OWN: extras} if extras else {},
    )


def _says(name: str, value: Any) -> bool:
    return value is not None and not (name in _NEUTRAL and value == _NEUTRAL[name])


def _read_thinking(body: dict[str, Any], extras: dict[str, Any]) -> Thinking | None:
    reasoning = fields.mapping(body, "reasoning")
    if reasoning is None:
        return None
    read = Thinking()
    effort = fields.text(reasoning, "effort", "reasoning")
    if effort is not None:
        if effort not in _EFFORTS:
            fields.refuse("reasoning.effort", "none, minimal, low, medium, high, xhigh or max")
        read["effort"] = effort
    if summary := fields.text(reasoning, "summary", "reasoning"):
        read["visible"] = True
        if summary != "auto":
            extras["reasoning.summary"] = summary
    return read or None


def write_request(request: Request) -> Written:
    losses = Losses()
    body: dict[str, Any] = {"model": request.model}
    messages = request.messages
    if (instructions := _instructions(request)) is not None:
        body["instructions"], messages = instructions, messages[1:]
    body["input"] = write_items(messages, request.tools, losses)
    if request.stream:
        body["stream"] = True
    _write_tools(request, body, losses)
    _write_options(request, body, losses)
    _write_extras(request, body, losses)
    return Written(PATH, body, losses.names())


def _instructions(request: Request) -> str | None:
    """The first message, where it is one text of the system's, and not all there is."""
    first = request.messages[0] if len(request.messages) > 1 else None
    if first is None or first["role"] != "system" or len(first["parts"]) != 1 or "extras" in first:
        return None
    part = first["parts"][0]
    return part["text"] if part["type"] == "text" and "extras" not in part and part["text"] else None


def _write_tools(request: Request, body: dict[str, Any], losses: Losses) -> None:
    if request.tools:
        body["tools"] = write_tools(request.tools, losses)
        if request.tool_choice is not None:
            body["tool_choice"] = write_choice(request.tool_choice, request.tools)
        if request.parallel_tool_calls is not None:
            body["parallel_tool_calls"] = request.parallel_tool_calls


def _write_options(request: Request, body: dict[str, Any], losses: Losses) -> None:
    options: dict[str, Any] = {
        "max_output_tokens": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "user": request.user,
        "text": {"format": write_format(request.output)} if request.output is not None else None,
        "reasoning": _write_thinking(request.thinking, losses) if request.thinking is not None else None,
        # Nobody comes back for it: the daemon sends the whole conversation each time.
        "store": False,
    }
    body |= {name: value for name, value in options.items() if value is not None}
    losses.where(
        top_k=request.top_k,
        stop=request.stop,
        seed=request.seed,
        presence_penalty=request.presence_penalty,
        frequency_penalty=request.frequency_penalty,
    )


def _write_thinking(thinking: Thinking, losses: Losses) -> dict[str, Any] | None:
    written: dict[str, Any] = {}
    if (effort := effort_of(thinking)) is not None:
        written["effort"] = effort
    losses.where(**{"thinking.budget": thinking.get("budget")})
    if thinking.get("visible"):
        written["summary"] = "auto"
    return written or None


#: What OpenAI calls the same in both of its dialects.
_FAMILY = ("metadata", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier")


def _write_extras(request: Request, body: dict[str, Any], losses: Losses) -> None:
    for dialect, extras in request.extras.items():
        for name, value in extras.items():
            if dialect == "openai_chat" and name in _FAMILY:
                body[name] = value
            elif dialect == "openai_chat" and name == "verbosity":
                body.setdefault("text", {})["verbosity"] = value
            elif dialect != OWN:
                losses.add(name)
            elif name.startswith("tools[]."):
                body.setdefault("tools", []).extend(value)
            elif "." in name:
                outer, _, inner = name.partition(".")
                body.setdefault(outer, {})[inner] = value
            else:
                body[name] = value


def replace_model(body: dict[str, Any], model: str) -> tuple[str, dict[str, Any]]:
    """The path, and the body with `model`; the same body if it fits."""
    return PATH, body if body.get("model") == model else {**body, "model": model}
