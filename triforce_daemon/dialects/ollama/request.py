"""What is asked of /api/chat: https://docs.ollama.com/api/chat"""

from collections.abc import Mapping
from typing import Any, cast

from triforce_daemon.dialects import fields, tool_schema
from triforce_daemon.dialects.canonical import OutputFormat, Request, Thinking, Tool, Written
from triforce_daemon.dialects.effort import effort_of
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.dialects.ollama.messages import OWN, read_messages, write_messages

PATH = "/api/chat"

_KNOWN = frozenset(("model", "messages", "stream", "tools", "format", "options", "think"))
_OPTIONS = frozenset(
    ("temperature", "top_p", "top_k", "num_predict", "stop", "seed", "presence_penalty", "frequency_penalty")
)
_NEUTRAL: dict[str, Any] = {"logprobs": False, "top_logprobs": 0, "raw": False, "template": "", "suffix": ""}

#: The fields that the vocabulary calls otherwise.
SPELLING: Mapping[str, str] = {
    "max_tokens": "options.num_predict",
    "temperature": "options.temperature",
    "top_p": "options.top_p",
    "top_k": "options.top_k",
    "stop": "options.stop",
    "seed": "options.seed",
    "presence_penalty": "options.presence_penalty",
    "frequency_penalty": "options.frequency_penalty",
    "output": "format",
    "output.schema": "format",
    "thinking": "think",
    "thinking.effort": "think",
    "thinking.visible": "think",
}


def read_request(body: dict[str, Any], model: str | None, stream: bool | None) -> Request:
    """Raises InvalidRequest that names the field. Streams unless told otherwise."""
    request = read_common(body, _KNOWN, model, stream)
    request.messages = read_messages(body)
    request.tools = _read_tools(body)
    return request


def read_common(body: dict[str, Any], known: frozenset[str], model: str | None, stream: bool | None) -> Request:
    """What /api/chat and /api/generate have in common: all but the conversation."""
    options = fields.mapping(body, "options") or {}
    extras = {name: value for name, value in body.items() if name not in known and _says(name, value)}
    extras |= {f"options.{name}": value for name, value in options.items() if name not in _OPTIONS}
    limit = fields.whole(options, "num_predict", "options")
    asked = fields.flag(body, "stream")
    return Request(
        model=model if model is not None else fields.needed_text(body, "model"),
        messages=[],
        stream=stream if stream is not None else asked is not False,
        # Below zero it stands for no limit.
        max_tokens=limit if limit is not None and limit >= 0 else None,
        temperature=fields.number(options, "temperature", "options"),
        top_p=fields.number(options, "top_p", "options"),
        top_k=fields.whole(options, "top_k", "options"),
        stop=fields.texts(options, "stop", "options"),
        seed=fields.whole(options, "seed", "options"),
        presence_penalty=fields.number(options, "presence_penalty", "options"),
        frequency_penalty=fields.number(options, "frequency_penalty", "options"),
        output=_read_format(body),
        thinking=_read_thinking(body),
        include_usage=True,
        extras={OWN: extras} if extras else {},
    )


def _says(name: str, value: Any) -> bool:
    return value is not None and not (name in _NEUTRAL and value == _NEUTRAL[name])


def _read_tools(body: dict[str, Any]) -> list[Tool]:
    tools: list[Tool] = []
    for number, entry in enumerate(fields.entries(body, "tools")):
        path = f"tools[{number}].function"
        tool = fields.as_object(entry, f"tools[{number}]")
        function = fields.as_object(tool.get("function"), path)
        tools.append(
            Tool(
                name=fields.needed_text(function, "name", path),
                description=fields.text(function, "description", path),
                schema=tool_schema.read(fields.mapping(function, "parameters", path)),
            )
        )
    return tools


def _read_format(body: dict[str, Any]) -> OutputFormat | None:
    form = body.get("format")
    if form is None or form == "":
        return None
    if form == "json":
        return OutputFormat(type="json")
    if not isinstance(form, dict):
        fields.refuse("format", "json or a JSON schema")
    return OutputFormat(type="schema", schema=cast(dict[str, Any], form))


def _read_thinking(body: dict[str, Any]) -> Thinking | None:
    think = body.get("think")
    if think is None:
        return None
    if isinstance(think, bool):
        return Thinking(effort="medium", visible=True) if think else Thinking(effort="none")
    if think == "low" or think == "medium" or think == "high" or think == "max":
        return Thinking(effort=think, visible=True)
    fields.refuse("think", "true, false, low, medium, high or max")


def write_request(request: Request) -> Written:
    losses = Losses()
    body: dict[str, Any] = {
        "model": request.model,
        "messages": write_messages(request.messages, losses),
        "stream": request.stream,
    }
    if request.tools:
        _write_tools(request, body, losses)
    if request.output is not None and request.output["type"] != "text":
        _write_format(request.output, body, losses)
    if request.thinking is not None:
        _write_thinking(request.thinking, body, losses)
    if options := _options(request):
        body["options"] = options
    losses.where(user=request.user)
    _write_extras(losses.of_request(request, OWN), body, losses)
    return Written(PATH, body, losses.names())


def _write_tools(request: Request, body: dict[str, Any], losses: Losses) -> None:
    """Ollama leaves the choice to the model; that no tool be called is said by offering none."""
    choice = request.tool_choice["mode"] if request.tool_choice is not None else "auto"
    if choice == "none":
        return
    if choice != "auto":
        losses.add("tool_choice")
    if request.parallel_tool_calls is False:
        losses.add("parallel_tool_calls")
    body["tools"] = [_write_tool(tool, losses) for tool in request.tools]


def _write_tool(tool: Tool, losses: Losses) -> dict[str, Any]:
    losses.extras(tool, OWN)
    if tool.get("strict"):
        losses.add("tools[].strict")
    if tool.get("freeform"):
        losses.add("tools[].format")
    function: dict[str, Any] = {"name": tool["name"]}
    if tool["description"] is not None:
        function["description"] = tool["description"]
    return {"type": "function", "function": {**function, "parameters": tool_schema.write(tool["schema"])}}


def _write_format(form: OutputFormat, body: dict[str, Any], losses: Losses) -> None:
    body["format"] = form.get("schema", {}) if form["type"] == "schema" else "json"


def _write_thinking(thinking: Thinking, body: dict[str, Any], losses: Losses) -> None:
    effort = effort_of(thinking)
    if effort is not None:
        nearest = {"none": False, "minimal": "low", "xhigh": "max"}
        body["think"] = nearest.get(effort, effort)
    elif thinking.get("visible"):
        body["think"] = True
    losses.where(**{"thinking.budget": thinking.get("budget")})


def _options(request: Request) -> dict[str, Any]:
    options = {
        "num_predict": request.max_tokens,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "top_k": request.top_k,
        "stop": request.stop or None,
        "seed": request.seed,
        "presence_penalty": request.presence_penalty,
        "frequency_penalty": request.frequency_penalty,
    }
    return {name: value for name, value in options.items() if value is not None}


#: What only /api/generate has: a conversation of the client's own making.
_OF_GENERATE = ("suffix", "template", "context", "raw")


def _write_extras(extras: dict[str, Any], body: dict[str, Any], losses: Losses) -> None:
    for name, value in extras.items():
        if name in _OF_GENERATE:
            losses.add(name)
        elif name.startswith("options."):
            body.setdefault("options", {})[name.removeprefix("options.")] = value
        else:
            body[name] = value


def replace_model(body: dict[str, Any], model: str, path: str) -> tuple[str, dict[str, Any]]:
    """The path, and the body with `model`; the same body if it fits."""
    return path, body if body.get("model") == model else {**body, "model": model}
