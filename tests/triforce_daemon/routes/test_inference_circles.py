"""Requests leave nothing behind that only Python's collector can free.

Else a pause of some milliseconds meets one request in a few thousand, large bodies stay for long, and what has lived
long enough, as connections do, stays until the collector looks at everything, which is once in some hundred thousand.
"""

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.gateway import Gateway, gateway, read_until

ASKED = {"model": "groq/m", "messages": [{"role": "user", "content": "hi"}], "temperature": 0.2, "max_tokens": 64}
#: What goes wrong at the provider, in the upstream's fault language.
FAULTS = (
    *("status=500", "status=429 retry-after=0", "status=502 html", "cut-after=2", "malformed-at=1", "no-answer"),
    *("error-in-stream-at=1", "no-terminator", "wrong-length=+10", "stall-after=1"),
)
#: By then the ends of all connections are seen, in seconds: of those that are not, nothing would be found.
SETTLED = 0.15


@contextmanager
def circles() -> Iterator[list[str]]:
    """The types of the daemon's own that only the collector can free, filled in at the end."""
    found: list[str] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        own = [type(one) for one in gc.garbage if type(one).__module__.startswith("triforce_daemon.")]
        found += sorted({kind.__qualname__ for kind in own})
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


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


async def ask(gate: Gateway, token: str, body: dict[str, object]) -> None:
    """By a connection of its own, which ends with the answer."""
    async with gate.served.http_client(token) as client, client.post("/v1/chat/completions", json=body) as reply:
        await reply.read()


async def leave(gate: Gateway, token: str) -> None:
    """In the middle of an answer."""
    body = {**ASKED, "stream": True}
    async with gate.served.http_client(token) as client, client.post("/v1/chat/completions", json=body) as reply:
        await read_until(reply, b"data:", 2)


@pytest.mark.parametrize("body", [{}, {"stream": True}, {"messages": 1}], ids=["whole", "streamed", "bad"])
async def test_a_request_leaves_none(gate: Gateway, body: dict[str, object]) -> None:
    await leaves_none(gate, lambda token: ask(gate, token, ASKED | body))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", FAULTS)
async def test_nor_does_one_that_fails(gate: Gateway, fault: str, stream: bool) -> None:
    gate.upstream.plan(fault)
    await leaves_none(gate, lambda token: ask(gate, token, {**ASKED, "stream": stream}))


async def test_nor_does_one_whose_client_leaves(gate: Gateway) -> None:
    gate.upstream.plan("every=20ms")
    await leaves_none(gate, lambda token: leave(gate, token))


async def leaves_none(gate: Gateway, asks: Callable[[str], Awaitable[None]]) -> None:
    token = await gate.served.token("inference")
    await asks(token)
    await asyncio.sleep(SETTLED)
    with circles() as found:
        for _ in range(3):
            await asks(token)
        await asyncio.sleep(SETTLED)
    assert found == []
