"""What is asked: https://platform.claude.com/docs/en/api/messages"""

from collections.abc import Mapping
from typing import Any

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.anthropic.blocks import OWN
from triforce_daemon.dialects.anthropic.messages import read_messages, write_messages
from triforce_daemon.dialects.anthropic.models import Abilities, abilities
from triforce_daemon.dialects.anthropic.schema import narrow
from triforce_daemon.dialects.anthropic.thinking import THINKS, read_thinking, write_thinking
from triforce_daemon.dialects.anthropic.tools import is_forced, read_choice, read_tools, write_choice, write_tools
from triforce_daemon.dialects.canonical import OutputFormat, Request, Written
from triforce_daemon.dialects.losses import Losses

PATH = "/messages"
COUNT_PATH = "/messages/count_tokens"

_KNOWN = frozenset(
    (
        "model",
        "messages",
        "system",
        "stream",
        "tools",
        "tool_choice",
        "max_tokens",
        "temperature",
        "top_p",
        "top_k",
        "stop_sequences",
        "thinking",
        "output_config",
        "output_format",
        "metadata",
    )
)
#: Of these the vocabulary has a part; the rest of each is an extra of its own.
_PARTLY_KNOWN = {"output_config": ("effort", "format"), "metadata": ("user_id",)}

#: What a question for the number of tokens may hold.
_COUNTED = ("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config")

#: The fields that the vocabulary calls otherwise.
SPELLING: Mapping[str, str] = {
    "stop": "stop_sequences",
    "output": "output_config.format",
    "output.schema": "output_config.format.schema",
    "thinking.budget": "thinking.budget_tokens",
    "thinking.effort": "output_config.effort",
    "thinking.visible": "thinking.display",
    "user": "metadata.user_id",
    "parallel_tool_calls": "tool_choice.disable_parallel_tool_use",
}


def read_request(body: dict[str, Any], model: str | None, stream: bool | None) -> Request:
    """Raises InvalidRequest that names the field."""
    request = read_count_request(body, model)
    limit = fields.whole(body, "max_tokens")
    if limit is None:
        fields.refuse("max_tokens", "a whole number")
    request.max_tokens = limit
    request.stream = stream if stream is not None else fields.flag(body, "stream") or False
    return request


def read_count_request(body: dict[str, Any], model: str | None) -> Request:
    """As a request, with or without a limit."""
    extras = _read_extras(body)
    choice, parallel = read_choice(body)
    request = Request(
        model=model if model is not None else fields.needed_text(body, "model"),
        messages=read_messages(body),
        tools=read_tools(body, extras),
        tool_choice=choice,
        parallel_tool_calls=parallel,
        max_tokens=fields.whole(body, "max_tokens"),
        temperature=fields.number(body, "temperature"),
        top_p=fields.number(body, "top_p"),
        top_k=fields.whole(body, "top_k"),
        stop=fields.texts(body, "stop_sequences"),
        output=_read_format(body),
        thinking=read_thinking(body, extras),
        user=fields.text(fields.mapping(body, "metadata") or {}, "user_id", "metadata"),
    )
    if extras:
        request.extras = {OWN: extras}
    return request


def _read_extras(body: dict[str, Any]) -> dict[str, Any]:
    extras = {name: value for name, value in body.items() if name not in _KNOWN and value is not None}
    for outer, known in _PARTLY_KNOWN.items():
        for name, value in (fields.mapping(body, outer) or {}).items():
            if name not in known and value is not None:
                extras[f"{outer}.{name}"] = value
    return extras


def _read_format(body: dict[str, Any]) -> OutputFormat | None:
    """`output_config.format`, or `output_format` as it was called before."""
    path, form = "output_config.format", None
    if (config := fields.mapping(body, "output_config")) is not None:
        form = fields.mapping(config, "format", "output_config")
    if form is None:
        path, form = "output_format", fields.mapping(body, "output_format")
    if form is None:
        return None
    if fields.needed_text(form, "type", path) != "json_schema":
        fields.refuse(f"{path}.type", "json_schema")
    return OutputFormat(type="schema", schema=fields.as_object(form.get("schema"), f"{path}.schema"))


def write_request(request: Request) -> Written:
    losses = Losses()
    model = abilities(request.model)
    limit = model.max_tokens if request.max_tokens is None else request.max_tokens
    body: dict[str, Any] = {"model": request.model, "max_tokens": limit}
    body |= write_messages(request.messages, losses, system_midway=model.system_midway)
    if request.stream:
        body["stream"] = True
    _write_thinking(request, model, body, losses)
    _write_tools(request, model, body, losses)
    _write_sampling(request, model, body, losses)
    _write_format(request, model, body, losses)
    if stop := [text for text in request.stop if text and not text.isspace()]:
        body["stop_sequences"] = stop
    if len(stop) < len(request.stop):
        losses.add("stop")
    if request.user is not None:
        body["metadata"] = {"user_id": request.user}
    losses.where(
        seed=request.seed, presence_penalty=request.presence_penalty, frequency_penalty=request.frequency_penalty
    )
    _write_extras(losses.of_request(request, OWN), body)
    return Written(PATH, body, losses.names())


def write_count_request(request: Request) -> Written:
    written = write_request(request)
    body = {name: written.body[name] for name in _COUNTED if name in written.body}
    return Written(COUNT_PATH, body, written.dropped)


def _write_thinking(request: Request, model: Abilities, body: dict[str, Any], losses: Losses) -> None:
    if request.thinking is None:
        return
    thinking, effort = write_thinking(request.thinking, model, body["max_tokens"], losses)
    if effort is not None:
        body["output_config"] = {"effort": effort}
    if thinking is not None and thinking["type"] in THINKS and model.forced_tools and is_forced(request):
        # Not both: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools#forcing-tool-use
        losses.add("thinking")
    elif thinking is not None:
        body["thinking"] = thinking


def _write_tools(request: Request, model: Abilities, body: dict[str, Any], losses: Losses) -> None:
    if request.tools:
        body["tools"] = write_tools(request.tools, losses, structured=model.structured)
    if (choice := write_choice(request, losses, forced=model.forced_tools)) is not None:
        body["tool_choice"] = choice


def _write_sampling(request: Request, model: Abilities, body: dict[str, Any], losses: Losses) -> None:
    temperature, top_p, top_k = request.temperature, request.top_p, request.top_k
    if not model.sampling or body.get("thinking", {}).get("type") in THINKS:
        losses.where(temperature=temperature, top_p=top_p, top_k=top_k)
        return
    if temperature is not None:
        body["temperature"] = min(temperature, 1)
        if temperature > 1:
            losses.add("temperature")
    if top_p is not None and (temperature is None or model.sampling_together):
        body["top_p"] = top_p
    elif top_p is not None:
        losses.add("top_p")
    if top_k is not None:
        body["top_k"] = top_k


def _write_format(request: Request, model: Abilities, body: dict[str, Any], losses: Losses) -> None:
    output = request.output
    if output is None or output["type"] == "text":
        return
    if output["type"] == "json" or not model.structured:
        losses.add("output")
        return
    schema, lost = narrow(output.get("schema", {}))
    losses.add(*(f"output.schema.{name}" for name in lost))
    body.setdefault("output_config", {})["format"] = {"type": "json_schema", "schema": schema}


def _write_extras(extras: dict[str, Any], body: dict[str, Any]) -> None:
    for name, value in extras.items():
        outer, dot, inner = name.partition(".")
        if name.startswith("tools[]."):
            body.setdefault("tools", []).extend(value)
        elif dot and outer in _PARTLY_KNOWN:
            body.setdefault(outer, {})[inner] = value
        else:
            body[name] = value
