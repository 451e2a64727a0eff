"""Answers that a model generates, in the wire format of the route that was asked."""

from collections.abc import Mapping
from typing import Any

from tests.scriptable_upstream.answers import Answer
from tests.scriptable_upstream.http_request import Request
from tests.scriptable_upstream.json_values import as_object
from tests.scriptable_upstream.mangling import Makings
from tests.scriptable_upstream.routes import Kind, Route
from tests.scriptable_upstream.script import Script
from tests.scriptable_upstream.stamps import BLANK, Stamp, stamped
from tests.scriptable_upstream.wires.anthropic import Anthropic
from tests.scriptable_upstream.wires.gemini import Gemini, GeminiArray
from tests.scriptable_upstream.wires.ollama import OllamaChat, OllamaGenerate
from tests.scriptable_upstream.wires.openai_responses import ECHOED, OpenAIResponses
from tests.scriptable_upstream.wires.wire import Asked, Wire

WIRES: dict[Kind, Wire] = {
    "responses": OpenAIResponses(),
    "messages": Anthropic(),
    "generate_content": Gemini(),
    "stream_content": Gemini(),
    "ollama_chat": OllamaChat(),
    "ollama_generate": OllamaGenerate(),
}
GENERATING: frozenset[Kind] = frozenset({"chat", *WIRES})
MOST_BUILT = 2048


class Generated:
    """Keeps what it built for requests that nobody scripted, and only stamps it anew."""

    def __init__(self) -> None:
        self._built: dict[tuple[object, ...], bytes] = {}

    def prompt(self, route: Route, request: Request, script: Script, stamp: Stamp) -> bytes:
        """All bytes of an answer to a request that nobody scripted."""
        wire, asked = wire_of(route, request), asked_of(route, request)
        if asked.body:
            return build(route, wire, asked, script, stamp).raw()
        form = (wire.media_type, asked.model, asked.stream, asked.include_usage)
        key = (route.provider.name, route.kind, *form, script)
        template = self._built.get(key)
        if template is None:
            if len(self._built) >= MOST_BUILT:
                self._built.clear()
            template = self._built[key] = build(route, wire, asked, script, BLANK).raw()
        return stamped(template, stamp)

    def answer(self, route: Route, request: Request, script: Script, stamp: Stamp) -> tuple[Answer, Makings]:
        """An answer, and what faults in it are made of."""
        wire, asked = wire_of(route, request), asked_of(route, request)
        return build(route, wire, asked, script, stamp), Makings(wire, asked, stamp)


def build(route: Route, wire: Wire, asked: Asked, script: Script, stamp: Stamp) -> Answer:
    if script.model:
        asked = Asked(script.model, asked.stream, asked.include_usage, asked.body)
    if not asked.stream:
        return route.provider.whole(wire.whole(script, asked, stamp), stamp)
    headers = (("Content-Type", wire.media_type), ("Cache-Control", "no-cache"), *route.provider.told(stamp))
    return Answer(200, headers, tuple(wire.stream(script, asked, stamp)), streamed=True)


def wire_of(route: Route, request: Request) -> Wire:
    if route.kind == "chat":
        assert route.provider.chat is not None
        return route.provider.chat
    if route.kind == "stream_content" and request.query.get("alt") != "sse":
        return GeminiArray()
    return WIRES[route.kind]


def asked_of(route: Route, request: Request) -> Asked:
    body = request.fields
    if route.kind in ("generate_content", "stream_content"):
        return Asked(route.model, route.kind == "stream_content")
    model = str(body.get("model", ""))
    stream = bool(body.get("stream", route.kind in ("ollama_chat", "ollama_generate")))
    usage = bool(as_object(body.get("stream_options")).get("include_usage"))
    return Asked(model, stream, usage, _echoed(body) if route.kind == "responses" else {})


def _echoed(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name in ECHOED or name == "include"}
