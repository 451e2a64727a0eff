"""Requests leave nothing behind that only Python's collector can free.

Else a pause of some milliseconds meets one request in a few thousand, large bodies stay for long, and what has lived
long enough, as connections do, stays until the collector looks at everything, which is once in some hundred thousand.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.circles import circles
from tests.triforce_daemon.gateway import Gateway, gateway, read_until
from tests.triforce_daemon.mcp_server.test_fast_lane import stateless

HI = [{"role": "user", "content": "hi"}]
ASKED = {"model": "groq/m", "messages": HI, "temperature": 0.2, "max_tokens": 64}
HEADERS, CALL = stateless("tools/call", "calculate", arguments={"expression": "6*7"})
#: What is asked, and where.
REQUESTS: dict[str, tuple[str, dict[str, object]]] = {
    "whole": ("/v1/chat/completions", ASKED),
    "streamed": ("/v1/chat/completions", {**ASKED, "stream": True}),
    "bad": ("/v1/chat/completions", {**ASKED, "messages": 1}),
    "unknown model": ("/v1/chat/completions", {**ASKED, "model": "none/x"}),
    "responses": ("/v1/responses", {"model": "groq/m", "input": "hi", "stream": True, "store": False}),
    "messages": ("/v1/messages", {**ASKED, "stream": True}),
    "gemini": (
        "/v1beta/models/groq/m:streamGenerateContent",
        {"contents": [{"parts": [{"text": "hi"}]}]},
    ),
    "ollama": ("/api/chat", {"model": "groq/m", "messages": HI}),
    "turn": ("/v1/sessions/new/turns", {"input": "hi", "model": "groq/m"}),
    "tool": ("/v1/mcp", CALL),
}
#: What is not answered with 200.
REFUSED = {"bad": 400, "unknown model": 404}
#: What goes wrong at the provider, in the upstream's fault language.
FAULTS = (
    *("status=500", "status=429 retry-after=0", "status=502 html", "cut-after=2", "malformed-at=1", "no-answer"),
    *("error-in-stream-at=1", "no-terminator", "wrong-length=+10", "stall-after=1"),
)
#: By then the ends of all connections are seen, in seconds: of those that are not, nothing would be found.
SETTLED = 0.15


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    hasty = {
        "upstream__idle_seconds": "0.1",
        "upstream__first_token_seconds": "0.3",
        "routing__retries": "0",
        "routing__breaker_failures": "1000",
    }
    async with gateway(folder, **hasty) as gate:
        gate.upstream.script("groq/m", Script((Text(("Hello",) * 4),), usage=Usage(3, 4)))
        yield gate


async def ask(gate: Gateway, token: str, path: str, body: dict[str, object]) -> int:
    """By a connection of its own, which ends with the answer; its status."""
    async with gate.served.http_client(token) as client, client.post(path, json=body, headers=HEADERS) as reply:
        await reply.read()
        return reply.status


async def leave(gate: Gateway, token: str, path: str, body: dict[str, object]) -> None:
    """In the middle of an answer."""
    async with gate.served.http_client(token) as client, client.post(path, json=body) as reply:
        await read_until(reply, b"data:", 2)


@pytest.mark.parametrize("case", REQUESTS)
async def test_a_request_leaves_none(gate: Gateway, case: str) -> None:
    async def answered(token: str) -> None:
        assert await ask(gate, token, *REQUESTS[case]) == REFUSED.get(case, 200)

    await leaves_none(gate, answered)


@pytest.mark.parametrize("fault", FAULTS)
async def test_nor_does_one_that_fails(gate: Gateway, fault: str) -> None:
    gate.upstream.plan(fault)

    async def ask_both(token: str) -> None:
        for case in ("whole", "streamed"):
            await ask(gate, token, *REQUESTS[case])

    await leaves_none(gate, ask_both)


@pytest.mark.parametrize("case", ["streamed", "turn"])
async def test_nor_does_one_whose_client_leaves(gate: Gateway, case: str) -> None:
    gate.upstream.plan("every=20ms")
    await leaves_none(gate, lambda token: leave(gate, token, *REQUESTS[case]))


async def test_nor_does_one_that_waits_behind_it(gate: Gateway) -> None:
    gate.upstream.plan("every=20ms")
    body = json.dumps({**ASKED, "stream": True}).encode()

    async def leave_two(token: str) -> None:
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: {gate.served.http.url.partition('//')[2]}\r\n"
        head += f"authorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", gate.served.http.port)
        writer.write((head.encode() + body) * 2)
        assert b"200 OK" in await reader.readuntil(b"data:")
        writer.close()

    await leaves_none(gate, leave_two)


async def leaves_none(gate: Gateway, asks: Callable[[str], Awaitable[None]]) -> None:
    token = await gate.served.token("inference", "sessions", "tools")
    await asks(token)
    await asyncio.sleep(SETTLED)
    with circles() as found:
        await asks(token)
        await asyncio.sleep(SETTLED)
    assert found == []
