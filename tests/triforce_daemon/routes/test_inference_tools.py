"""Tool calls of a model that knows none: asked for by a form, and told to each client as calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.dialects.splitting import read
from tests.triforce_daemon.gateway import Gateway, gateway
from tests.triforce_daemon.played_provider import PlayedProvider
from triforce_daemon.dialects.all import by_name
from triforce_daemon.dialects.canonical import Message, Request, Tool
from triforce_daemon.dialects.gathering import Gathering
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.provider import Address, Progress

DIALECTS = by_name()
WEATHER = Tool(name="get_weather", description="The weather.", schema={"type": "object", "properties": {"city": {}}})
CALL = '{"name": "get_weather", "arguments": {"city": "Rome"}}'
ROUTES = {
    "openai_chat": "/v1/chat/completions",
    "openai_responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "gemini": "/v1beta/models/groq/m:{}",
    "ollama": "/api/chat",
}
each = pytest.mark.parametrize("dialect", DIALECTS)


class Emulating(PlayedProvider):
    @asynccontextmanager
    async def reach(self, model: str, credential: Credential, progress: Progress) -> AsyncIterator[Address]:
        async with super().reach(model, credential, progress) as address:
            yield replace(address, emulates_tools=True)


@pytest.fixture
async def gate(folder: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    monkeypatch.setattr("tests.triforce_daemon.gateway.PlayedProvider", Emulating)
    async with gateway(folder) as running:
        yield running


async def ask(gate: Gateway, dialect: str, *, stream: bool, tools: bool = True) -> Any:
    """The answer, read as the client reads it."""
    request = Request(
        "groq/m", [Message(role="user", parts=[{"type": "text", "text": "Rome?"}])], stream=stream, max_tokens=99
    )
    request.tools = [WEATHER] if tools else []
    path = ROUTES[dialect].format("streamGenerateContent?alt=sse" if stream else "generateContent")
    told = await gate.post(path, DIALECTS[dialect].write_request(request).body)
    assert told.status == 200, told.text
    if not stream:
        return DIALECTS[dialect].read_answer(told.json)
    gathering = Gathering()
    reader = DIALECTS[dialect].reader()
    for event in read(reader, [told.body]):
        gathering.take(event)
    assert reader.complete
    return gathering.answer


@each
async def test_calls_and_answers(gate: Gateway, dialect: str) -> None:
    for stream in (False, True):
        gate.upstream.enqueue(say(CALL[:3], CALL[3:20], CALL[20:50], CALL[50:]))
        called = await ask(gate, dialect, stream=stream)
        (part,) = called.parts
        assert (part["type"], part["name"], called.finish) == ("tool_call", "get_weather", "tool_calls")
        assert part["arguments"].replace(" ", "") == '{"city":"Rome"}'
        asked = gate.upstream.records.last.json
        assert "tools" not in asked
        assert (asked["response_format"]["type"], asked["stream"]) == ("json_schema", True)
        gate.upstream.enqueue(say('{"answer": "It is ', "sunny", '."}'))
        answered = await ask(gate, dialect, stream=stream)
        assert [part["text"] for part in answered.parts] == ["It is sunny."]
        assert answered.finish == "stop"
    assert [(row["state"], row["estimated"]) for row in await gate.ledger()] == [("done", 0)] * 4


async def test_without_tools_the_bytes_pass_as_ever(gate: Gateway) -> None:
    for stream in (False, True):
        gate.upstream.enqueue(say('{"answer": "raw"}'))
        answer = await ask(gate, "openai_chat", stream=stream, tools=False)
        assert answer.parts[0]["text"] == '{"answer": "raw"}'
        assert "response_format" not in gate.upstream.records.last.json


async def test_a_choice_that_cannot_be_is_refused(gate: Gateway) -> None:
    function = {"name": "f", "parameters": {}}
    body = {
        "model": "groq/m",
        "messages": [{"role": "user", "content": "hi"}],
        "tools": [{"type": "function", "function": function}],
        "tool_choice": {"type": "function", "function": {"name": "g"}},
    }
    told = await gate.post("/v1/chat/completions", body)
    assert (told.status, "`g`" in told.json["error"]["message"]) == (400, True)
