"""Where an upstream listens, what it prefers, and that its own failures are seen."""

import asyncio
import json
import os
import socket
import time

import pytest

from tests.scriptable_upstream.behaviour import Behaviour
from tests.scriptable_upstream.black_hole import black_hole, refused_port
from tests.scriptable_upstream.choices import read_model
from tests.scriptable_upstream.plan import read_plan
from tests.scriptable_upstream.script import say
from tests.scriptable_upstream.script_json import write_script
from tests.scriptable_upstream.server import serve
from tests.scriptable_upstream.upstream import Upstream
from tests.scriptable_upstream.wire_reading import QUESTION, ask, exchange, request_bytes


async def said(upstream: Upstream, model: str = "gpt-4o", **headers: str) -> str:
    arrived = await exchange(upstream, request_bytes(QUESTION | {"model": model}, **headers), quiet=0.1)
    return json.loads(arrived.body)["choices"][0]["message"]["content"]


async def test_what_comes_first(upstream: Upstream) -> None:
    """A header before the queue, the queue before the model, the model before the words that rotate."""
    upstream.script("mine", say("by model"))
    upstream.enqueue(say("by queue"))
    header = {"x-upstream-script": write_script(say("by header"))}
    assert await said(upstream, "mine", **header) == "by header"
    upstream.enqueue(say("by queue"))
    assert [await said(upstream, "mine") for _ in range(2)] == ["by queue", "by model"]
    assert "alpha" in await said(upstream)


async def test_which_plan_comes_first(upstream: Upstream) -> None:
    upstream.plan("500")
    upstream.script("mine", plan="501")

    async def status(model: str, **headers: str) -> bytes:
        arrived = await exchange(upstream, request_bytes(QUESTION | {"model": model}, **headers), quiet=0.1)
        return arrived.head[9:12]

    assert await status("mine!503", x_upstream_plan="504") == b"504"
    assert await status("mine!503") == b"503"
    upstream.enqueue(plan=Behaviour(status=502))
    assert [await status("mine"), await status("mine"), await status("any")] == [b"502", b"501", b"500"]
    upstream.plan(None)
    assert await status("any") == b"200"


async def test_only_what_generates_takes_from_the_queue(upstream: Upstream) -> None:
    upstream.enqueue(say("kept"))
    await exchange(upstream, request_bytes(b"", "/v1/models", "GET"), quiet=0.1)
    embedding = request_bytes({"model": "m", "input": "x"}, "/v1/embeddings")
    await exchange(upstream, embedding, quiet=0.1)
    assert await said(upstream) == "kept"


@pytest.mark.parametrize(
    ("model", "name", "plan"),
    [
        ("gpt-4o", "gpt-4o", None),
        ("llama3.2:1b", "llama3.2:1b", None),
        ("a/b:c!first 2: status=500; then ok", "a/b:c", "first 2: status=500; ok"),
        ("mock-200x10", "mock-200x10", "words=200 every=10ms"),
        ("mock-200x0", "mock-200x0", "words=200"),
        ("mock-20x5!cut-after=3", "mock-20x5", "words=20 every=5ms cut-after=3"),
    ],
)
def test_plans_in_names(model: str, name: str, plan: str | None) -> None:
    assert read_model(model) == (name, read_plan(plan) if plan else None)


async def test_a_plan_in_the_name_of_a_model_in_a_path(upstream: Upstream) -> None:
    path = "/v1beta/models/gemini-x%21first%201%3A%20503%3B%20then%20ok:generateContent"
    body = {"contents": [{"parts": [{"text": "?"}]}]}
    heads = [(await exchange(upstream, request_bytes(body, path), quiet=0.1)).head[9:12] for _ in range(2)]
    assert heads == [b"503", b"200"]


async def test_on_a_unix_socket(folder: str) -> None:
    path = f"{folder}/up.sock"
    async with serve(socket=path, plan="cut-after=2 every=1ms") as upstream:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_UNIX) as client:
            client.setblocking(False)
            await loop.sock_connect(client, path)
            await loop.sock_sendall(client, request_bytes(QUESTION | {"stream": True}))
            data = b""
            while read := await loop.sock_recv(client, 1 << 16):
                data += read
        assert data.count(b"data: ") == 2
        assert upstream.records.last.ended == "cut"
    assert not os.path.exists(path)


async def test_two_at_once_do_not_mix() -> None:
    async with serve(plan="500") as first, serve(keys={"openai": ["k"]}) as second:
        assert (await ask(first)).head[9:12] == b"500"
        assert (await ask(second)).head[9:12] == b"401"
        assert (len(first.records), len(second.records)) == (1, 1)


async def test_a_failure_of_its_own_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        async with serve(plan="every=1ms") as upstream:
            monkeypatch.setattr("tests.scriptable_upstream.performance.chunk", broken)
            assert (await ask(upstream)).closed


async def test_open_streams_end_with_it() -> None:
    async with serve(plan="stall-after=1") as upstream:
        asking = asyncio.ensure_future(ask(upstream, "stall-after=1", quiet=5))
        await upstream.asked()
    arrived = await asking
    assert arrived.closed or arrived.reset


async def test_answers_are_fast_enough(upstream: Upstream) -> None:
    """Far below what it can do, so that a busy machine does not fail it."""
    raw = request_bytes(QUESTION)
    started = time.process_time()
    await exchange(upstream, raw * 1000, quiet=0.5)
    assert len(upstream.records.of(ended="answered")) == 1000
    assert time.process_time() - started < 1.0


async def test_a_black_hole() -> None:
    with black_hole() as port, pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 0.3)


def test_a_port_that_refuses() -> None:
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect(("127.0.0.1", refused_port()))
