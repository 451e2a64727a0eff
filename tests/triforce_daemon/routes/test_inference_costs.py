"""What a request costs does not creep up: counted in calls, of which a busy machine makes no more than a quiet one."""

import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

import triforce_daemon
from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.gateway import Gateway, gateway

PACKAGE = os.path.dirname(os.path.abspath(triforce_daemon.__file__)) + os.sep
REQUESTS = 20
ASKED = {"messages": [{"role": "user", "content": "hi"}], "temperature": 0.2, "max_tokens": 64}


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """How often each function of the daemon's own is called, or goes on after a wait."""
    calls: Counter[str] = Counter()

    def look(frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PACKAGE):
            calls[f"{code.co_filename.removeprefix(PACKAGE)}: {code.co_qualname}"] += 1

    sys.setprofile(look)
    try:
        yield calls
    finally:
        sys.setprofile(None)


@pytest.fixture
async def gate(folder: str) -> AsyncIterator[Gateway]:
    async with gateway(folder) as gate:
        gate.upstream.script("groq/m", Script((Text(("Hello",) * 4),), usage=Usage(3, 4)))
        yield gate


#: A call is about a seventh of a microsecond; the gate of `make bench` allows about twice as many.
@pytest.mark.parametrize(
    ("path", "stream", "most"),
    [
        ("/v1/chat/completions", False, 320),
        ("/v1/chat/completions", True, 385),
        ("/v1/messages", False, 410),
    ],
    ids=["passed on", "streamed", "translated"],
)
async def test_a_request_makes_few_calls(gate: Gateway, path: str, stream: bool, most: int) -> None:
    token = await gate.served.token("inference")
    body = {"model": "groq/m", "stream": stream, **ASKED}
    async with gate.served.http_client(token) as client:

        async def ask() -> None:
            async with client.post(path, json=body) as reply:
                assert reply.status == 200, await reply.text()
                await reply.read()

        await ask()
        with counted() as calls:
            for _ in range(REQUESTS):
                await ask()
    dearest = "\n".join(f"{count / REQUESTS:6.1f} {name}" for name, count in calls.most_common(40))
    assert calls["services/routing/answer.py: Answer.settle"] >= REQUESTS
    assert calls.total() / REQUESTS <= most, f"{calls.total() / REQUESTS:.0f} calls a request:\n{dearest}"
