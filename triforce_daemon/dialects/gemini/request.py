"""What is asked: https://ai.google.dev/api/generate-content"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from triforce_daemon.dialects import fields
from triforce_daemon.dialects.canonical import Request, Written
from triforce_daemon.dialects.gemini.contents import read_contents, write_contents
from triforce_daemon.dialects.gemini.generation import read_generation, write_generation
from triforce_daemon.dialects.gemini.models import abilities
from triforce_daemon.dialects.gemini.names import camel
from triforce_daemon.dialects.gemini.parts import OWN
from triforce_daemon.dialects.gemini.tools import read_choice, read_tools, write_choice, write_tools
from triforce_daemon.dialects.losses import Losses

_KNOWN = frozenset(("model", "contents", "systemInstruction", "tools", "toolConfig", "generationConfig"))
#: Of these the vocabulary has a part; the rest of each is an extra of its own.
_PARTLY_KNOWN = ("generationConfig", "toolConfig")

#: The fields that the vocabulary calls otherwise.
SPELLING: Mapping[str, str] = {
    "max_tokens": "generationConfig.maxOutputTokens",
    "temperature": "generationConfig.temperature",
    "top_p": "generationConfig.topP",
    "top_k": "generationConfig.topK",
    "stop": "generationConfig.stopSequences",
    "seed": "generationConfig.seed",
    "presence_penalty": "generationConfig.presencePenalty",
    "frequency_penalty": "generationConfig.frequencyPenalty",
    "output": "generationConfig.responseSchema",
    "output.schema": "generationConfig.responseSchema",
    "thinking": "generationConfig.thinkingConfig",
    "thinking.budget": "generationConfig.thinkingConfig.thinkingBudget",
    "thinking.effort": "generationConfig.thinkingConfig.thinkingLevel",
    "thinking.visible": "generationConfig.thinkingConfig.includeThoughts",
    "tool_choice": "toolConfig.functionCallingConfig",
    "messages[].thinking": "contents[].parts[].thought",
}


def path_of(model: str, verb: str) -> str:
    """The address of what `verb` does with the model: `/models/gemini-2.5-pro:countTokens`."""
    name = model.removeprefix("models/")
    if name.startswith("tunedModels/"):
        return f"/tunedModels/{quote(name.removeprefix('tunedModels/'), safe='')}:{verb}"
    return f"/models/{quote(name, safe='')}:{verb}"


def generate_path(model: str, *, stream: bool) -> str:
    return path_of(model, "streamGenerateContent?alt=sse" if stream else "generateContent")


def model_in(body: dict[str, Any], model: str | None) -> str:
    """As the path says it, else as the body does."""
    return model if model is not None else fields.needed_text(body, "model").removeprefix("models/")


def read_request(body: dict[str, Any], model: str | None, stream: bool | None) -> Request:
    """Raises InvalidRequest that names the field."""
    body = camel(body)
    extras = {name: value for name, value in body.items() if name not in _KNOWN and value is not None}
    tools = read_tools(body, extras)
    request = Request(
        model=model_in(body, model),
        messages=read_contents(body),
        stream=stream or False,
        tools=tools,
        tool_choice=read_choice(body, tools, extras),
    )
    read_generation(body, request, extras)
    if extras:
        request.extras = {OWN: extras}
    return request


def write_request(request: Request) -> Written:
    losses = Losses()
    model = abilities(request.model)
    body = write_contents(request.messages, model, losses)
    if tools := write_tools(request.tools, losses):
        body["tools"] = tools
    if choice := write_choice(request, losses):
        body["toolConfig"] = {"functionCallingConfig": choice}
    if config := write_generation(request, model, losses):
        body["generationConfig"] = config
    losses.where(user=request.user)
    _write_extras(losses.of_request(request, OWN), body)
    return Written(generate_path(request.model, stream=request.stream), body, losses.names())


def _write_extras(extras: dict[str, Any], body: dict[str, Any]) -> None:
    for name, value in extras.items():
        outer, _, inner = name.partition(".")
        if outer == "tools[]":
            body.setdefault("tools", []).append({inner: value})
        elif outer in _PARTLY_KNOWN and inner:
            inner, _, last = inner.partition(".")
            place = body.setdefault(outer, {})
            if last:
                place.setdefault(inner, {})[last] = value
            else:
                place[inner] = value
        else:
            body[name] = value
