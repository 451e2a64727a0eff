"""The load driver counts what the benchmark's provider sends."""

import asyncio
import json

import pytest

from benchmarks import load, upstream
from benchmarks.load import drive, request_of


async def seen(model: str, *, connections: int, requests: int) -> load.Seen:
    server = await asyncio.get_running_loop().create_server(upstream.Serving, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        body = json.dumps({"model": model, "messages": []})
        request = request_of(port, "/v1/chat/completions", body, "key")
        return await drive(port, request, connections, requests, 10)


async def test_whole_answers() -> None:
    found = await seen("mock", connections=4, requests=50)
    assert (found.requests, found.refused, found.events) == (50, 0, 0)
    assert 0 < found.latency["p50"] <= found.latency["p99"]
    assert found.first == {}


# Five milliseconds between two words are still seen where this process waits for its turn for one or two.
@pytest.mark.parametrize("pace", [0, 5])
async def test_streams(pace: int) -> None:
    found = await seen(f"mock-20x{pace}", connections=2, requests=6)
    # Beside the words: why it ended, what it used, and that it is done.
    assert (found.requests, found.events) == (6, 6 * 23)
    assert found.first["p50"] < found.latency["p50"]
    assert (found.gaps["p50"] > 300) == bool(pace)


async def test_who_is_refused_is_counted() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
        await reader.read()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = await drive(port, request_of(port, "/", "", ""), 1, 1, 10)
        await asyncio.sleep(0.01)
    assert (found.requests, found.refused) == (1, 1)


async def answering(seconds: float, model: str = "mock", **options: float) -> load.Seen:
    """What is seen of a provider that takes so long for each answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            try:
                await reader.readuntil(b"[]}")
            except asyncio.IncompleteReadError:
                break
            await asyncio.sleep(seconds)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        request = request_of(port, "/", json.dumps({"model": model, "messages": []}), "key")
        return await drive(port, request, int(options["connections"]), 100, 10, options["rate"])


async def test_so_many_a_second_whatever_is_answered() -> None:
    found = await answering(0, connections=4, rate=200)
    assert found.requests == 100
    # None, but for what else the machine does.
    assert found.late < 25
    assert found.seconds > 0.45


async def test_who_is_slow_is_not_spared_what_comes_meanwhile() -> None:
    found = await answering(0.01, connections=1, rate=200)
    assert found.requests == 100
    assert found.late > 50
    # The last was due after half a second and answered after a whole one.
    assert found.latency["p99"] > 300_000
