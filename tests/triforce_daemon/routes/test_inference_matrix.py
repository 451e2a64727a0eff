"""Every real client in front of every kind of upstream: text, thinking, parallel calls, schemas; streamed and not."""

import json
import tempfile
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.scriptable_upstream.script import Call, Script, Text, Thinking, Usage
from tests.triforce_daemon.gateway import SPOKEN, Gateway, gateway
from tests.triforce_daemon.routes.clients_asking import CLIENTS, Ask

#: A provider for each kind of upstream.
UPSTREAMS = {dialect: name for name, dialect in SPOKEN.items() if name != "mistral"}
#: Arguments in a spelling that no writer of JSON would choose by itself.
ODD = '{"city" :  "Zürich \\u00e9\\ud83d\\ude00\\n\\"q\\"",\t"days":3}'
PARALLEL = Script(
    (
        Call("get_weather", tuple(ODD[at : at + 3] for at in range(0, len(ODD), 3)), "call_one11"),
        Call("now", ("{}",), "call_two22"),
    )
)
#: Wires that carry arguments as text. Others carry a value, of which only the value can be kept.
TEXTUAL = {"openai_chat", "openai_responses"}
#: How each client's API says that an answer ended by itself, or with calls.
STOPPED = {
    "openai_chat": "stop",
    "openai_responses": "completed",
    "anthropic": "end_turn",
    "gemini": "STOP",
    "ollama": "stop",
}
CALLED = {**STOPPED, "openai_chat": "tool_calls", "anthropic": "tool_use"}

pairs = pytest.mark.parametrize(
    ("client", "upstream", "stream"),
    [(client, upstream, stream) for client in CLIENTS for upstream in UPSTREAMS for stream in (False, True)],
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gate() -> AsyncIterator[Gateway]:
    """One for all: only what it is asked differs."""
    with tempfile.TemporaryDirectory(prefix="tf-") as folder:
        async with gateway(folder) as gate:
            yield gate


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pairs
async def test_text_with_its_usage(gate: Gateway, client: str, upstream: str, stream: bool) -> None:
    gate.upstream.reset()
    gate.upstream.enqueue(Script((Text(("Grüß ", "Gott, ", "🌍!")),), usage=Usage(input=21, output=7)))
    said = await CLIENTS[client](gate.served, Ask(f"{UPSTREAMS[upstream]}/m", stream))
    assert said.text == "Grüß Gott, 🌍!"
    assert said.tokens == (21, 7)
    assert said.stop == STOPPED[client]
    asked = gate.upstream.records.last.body.decode()
    assert "Be brief." in asked
    assert '"hi"' in asked


@pairs
async def test_parallel_calls_and_their_results(gate: Gateway, client: str, upstream: str, stream: bool) -> None:
    gate.upstream.reset()
    gate.upstream.enqueue(PARALLEL)
    ask, model = CLIENTS[client], f"{UPSTREAMS[upstream]}/m"
    said = await ask(gate.served, Ask(model, stream, tools=True))
    assert said.calls == [("get_weather", json.loads(ODD)), ("now", {})]
    assert said.stop == CALLED[client]
    if client in TEXTUAL and (upstream in TEXTUAL or (upstream == "anthropic" and stream)):
        assert said.raw[0] == ODD
    gate.upstream.enqueue(Script((Text(("It is ", "warm.")),)))
    after = await ask(gate.served, Ask(model, stream, tools=True, after=said, results=["25 degrees", "noon"]))
    assert after.text == "It is warm."
    asked = gate.upstream.records.last.body.decode()
    assert asked.index("25 degrees") < asked.index("noon")
    assert "get_weather" in asked


@pairs
async def test_thinking_is_told_apart(gate: Gateway, client: str, upstream: str, stream: bool) -> None:
    gate.upstream.reset()
    gate.upstream.enqueue(Script((Thinking(("Let me ", "see."), "c2lnbmF0dXJl"), Text(("Yes.",)))))
    said = await CLIENTS[client](gate.served, Ask(f"{UPSTREAMS[upstream]}/m", stream))
    assert said.text == "Yes."
    assert said.thinking in ("Let me see.", "")
    # OpenAI's own chat completions never show their reasoning.
    if client == upstream and client != "openai_chat":
        assert said.thinking == "Let me see."


@pairs
async def test_a_schema_reaches_the_upstream(gate: Gateway, client: str, upstream: str, stream: bool) -> None:
    gate.upstream.reset()
    gate.upstream.enqueue(Script((Text(('{"name": ', '"Ada"}')),)))
    said = await CLIENTS[client](gate.served, Ask(f"{UPSTREAMS[upstream]}/m", stream, schema=True))
    assert json.loads(said.text) == {"name": "Ada"}
    assert '"required"' in gate.upstream.records.last.body.decode()
