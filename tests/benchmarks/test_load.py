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


@pytest.mark.parametrize("pace", [0, 1])
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
