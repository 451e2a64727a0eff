"""What is asked: https://platform.openai.com/docs/api-reference/chat/create"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Request, Thinking, Written
from triforce_daemon.dialects.effort import effort_of
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.openai_chat.messages import read_messages, write_messages
from triforce_daemon.dialects.openai_chat.parts import OWN
from triforce_daemon.dialects.openai_chat.tools import (
    read_choice,
    read_format,
    read_tools,
    write_choice,
    write_format,
    write_tools,
)

PATH = "/chat/completions"

#: What the vocabulary calls by the same name, and what reads it.
_OPTIONS: Mapping[str, Callable[[dict[str, Any], str], Any]] = {
    "parallel_tool_calls": fields.flag,
    "max_tokens": fields.whole,
    "temperature": fields.number,
    "top_p": fields.number,
    "top_k": fields.whole,
    "stop": fields.texts,
    "seed": fields.whole,
    "presence_penalty": fields.number,
    "frequency_penalty": fields.number,
    "user": fields.text,
}
#: What has an inside of its own; most requests have nothing of it.
_STRUCTURED = frozenset(
    ("stream_options", "tools", "functions", "tool_choice", "function_call", "response_format", "reasoning_effort")
)
#: What is read in a way of its own.
_KNOWN = _STRUCTURED | {"model", "messages", "stream", "max_completion_tokens"}

#: What says nothing that would not hold without it.
_NEUTRAL: dict[str, Any] = {"n": 1, "logprobs": False, "store": False, "modalities": ["text"], "service_tier": "auto"}

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")

#: The fields that the vocabulary calls otherwise.
SPELLING: Mapping[str, str] = {
    "output": "response_format",
    "output.schema": "response_format.json_schema.schema",
    "thinking": "reasoning_effort",
    "thinking.effort": "reasoning_effort",
    "thinking.budget": "reasoning_effort",
}


def read_request(body: dict[str, Any], model: str | None, stream: bool | None) -> Request:
    """Raises InvalidRequest that names the field."""
    options, extras = _read_options(body)
    if not _STRUCTURED.isdisjoint(body):
        options |= _read_structured(body, extras)
    return Request(
        model=model if model is not None else fields.needed_text(body, "model"),
        messages=read_messages(body),
        stream=stream if stream is not None else fields.flag(body, "stream") or False,
        extras={OWN: extras} if extras else {},
        **options,
    )


def _read_structured(body: dict[str, Any], extras: dict[str, Any]) -> dict[str, Any]:
    """What has an inside of its own."""
    of_stream = fields.mapping(body, "stream_options")
    tools = read_tools(body, extras)
    return {
        "tools": tools,
        "tool_choice": read_choice(body, tools),
        "output": read_format(body),
        "thinking": _read_thinking(body),
        "include_usage": bool(of_stream and fields.flag(of_stream, "include_usage", "stream_options")),
    }


def _read_options(body: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is there of the options, and what only this dialect knows. Most requests have three fields of thirty."""
    options: dict[str, Any] = {}
    extras: dict[str, Any] = {}
    for name, value in body.items():
        if name in _KNOWN:
            continue
        if (read := _OPTIONS.get(name)) is not None:
            options[name] = read(body, name)
        elif _says(name, value):
            extras[name] = value
    if "max_completion_tokens" in body and (limit := fields.whole(body, "max_completion_tokens")) is not None:
        options["max_tokens"] = limit
    return options, extras


def _says(name: str, value: Any) -> bool:
    return value is not None and not (name in _NEUTRAL and value == _NEUTRAL[name])


def _read_thinking(body: dict[str, Any]) -> Thinking | None:
    effort = fields.text(body, "reasoning_effort")
    if effort is None:
        return None
    if effort not in EFFORTS:
        fields.refuse("reasoning_effort", "none, minimal, low, medium, high, xhigh or max")
    return Thinking(effort=effort)


def write_request(request: Request) -> Written:
    losses = Losses()
    body: dict[str, Any] = {"model": request.model, "messages": write_messages(request.messages, losses)}
    if request.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    _write_tools(request, body, losses)
    _write_options(request, body)
    if request.output is not None:
        body["response_format"] = write_format(request.output)
    if request.thinking is not None:
        _write_thinking(request.thinking, body, losses)
    losses.where(top_k=request.top_k)
    _write_extras(losses.of_request(request, OWN), body)
    return Written(PATH, body, losses.names())


def _write_tools(request: Request, body: dict[str, Any], losses: Losses) -> None:
    if request.tools:
        body["tools"] = write_tools(request.tools, losses)
        # Upstreams refuse both without tools.
        if request.tool_choice is not None:
            body["tool_choice"] = write_choice(request.tool_choice)
        if request.parallel_tool_calls is not None:
            body["parallel_tool_calls"] = request.parallel_tool_calls


def _write_options(request: Request, body: dict[str, Any]) -> None:
    options = {
        _limit_name(request.model): request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "stop": request.stop or None,
        "seed": request.seed,
        "presence_penalty": request.presence_penalty,
        "frequency_penalty": request.frequency_penalty,
        "user": request.user,
    }
    body |= {name: value for name, value in options.items() if value is not None}


def _limit_name(model: str) -> str:
    """OpenAI's reasoning models refuse `max_tokens`; Mistral and other upstreams know nothing else."""
    reasons = model.rpartition("/")[2].startswith(("o1", "o3", "o4", "gpt-5", "gpt-6"))
    return "max_completion_tokens" if reasons else "max_tokens"


def _write_thinking(thinking: Thinking, body: dict[str, Any], losses: Losses) -> None:
    if (effort := effort_of(thinking)) is not None:
        body["reasoning_effort"] = effort
    losses.where(**{"thinking.budget": thinking.get("budget")})


def _write_extras(extras: dict[str, Any], body: dict[str, Any]) -> None:
    """Only this dialect's own: most who speak it refuse what they do not know, also what OpenAI's other dialect has."""
    for name, value in extras.items():
        if name.startswith("tools[]."):
            body.setdefault("tools", []).extend(value)
        else:
            body[name] = value


def wants_usage(body: dict[str, Any]) -> bool:
    """Whether the client asked for the usage inside the stream; whatever else `body` may hold."""
    options: Any = body.get("stream_options")
    return isinstance(options, dict) and cast(dict[str, Any], options).get("include_usage") is True


def replace_model(body: dict[str, Any], model: str, *, stream: bool) -> tuple[str, dict[str, Any]]:
    """The path, and the body with `model`; of a stream the usage is always asked for. The same body if it fits."""
    if body.get("model") == model and (not stream or wants_usage(body)):
        return PATH, body
    changed = {**body, "model": model}
    if stream:
        options: Any = body.get("stream_options")
        known = cast(dict[str, Any], options) if isinstance(options, dict) else {}
        changed["stream_options"] = {**known, "include_usage": True}
    return PATH, changed
