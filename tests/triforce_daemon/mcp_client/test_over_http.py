"""Requests of the SDK's, by the daemon's own way out."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from triforce_daemon.mcp_client import over_http
from triforce_daemon.mcp_client.over_http import OutboundTransport
from triforce_daemon.outbound.client import Outbound

HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    made = Outbound({})
    yield made
    await made.close()


async def ask(outbound: Outbound, answer: bytes, seconds: float = 5) -> tuple[bytes, httpx2.Response]:
    """What arrives at a server that answers so, and what comes back."""
    sent = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.set_result(await reader.readuntil(b"{}"))
        writer.write(answer)
        if not answer:
            # Until the other end has had enough.
            await reader.read()
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/mcp?a=b"
        async with httpx2.AsyncClient(transport=OutboundTransport(outbound, seconds), timeout=None) as client:
            reply = await client.post(url, json={}, headers={"authorization": "Bearer x"})
    return await sent, reply


async def test_it_arrives_as_it_was_meant(outbound: Outbound) -> None:
    answer = HEAD + b"Content-Type: application/json\r\nMcp-Session-Id: 1\r\nContent-Length: 2\r\n\r\n[]"
    sent, reply = await ask(outbound, answer)
    lines = sent.decode().split("\r\n")
    assert lines[0] == "POST /mcp?a=b HTTP/1.1" and "authorization: Bearer x" in lines
    assert len({line.partition(":")[0].lower() for line in lines[1:-2]}) == len(lines) - 3, "no header twice"
    assert (reply.status_code, reply.json(), reply.headers["mcp-session-id"]) == (200, [], "1")


async def test_what_fails_fails_in_its_words(outbound: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(httpx2.ConnectError, match="Connection refused"):
        async with httpx2.AsyncClient(transport=OutboundTransport(outbound, 5)) as client:
            await client.post("http://127.0.0.1:1")
    with pytest.raises(httpx2.ConnectError, match="nobody is ever asked"):
        async with httpx2.AsyncClient(transport=OutboundTransport(outbound, 5)) as client:
            await client.post("http://169.254.169.254/latest")
    with pytest.raises(httpx2.ReadTimeout):
        await ask(outbound, b"", seconds=0.02)
    with pytest.raises(httpx2.ReadError):
        await ask(outbound, HEAD + b"Content-Length: 5\r\n\r\nab")
    monkeypatch.setattr(over_http, "BODY_BYTES", 10)
    with pytest.raises(httpx2.ReadError, match="more than"):
        await ask(outbound, HEAD + b"Content-Length: 20\r\n\r\n" + b"x" * 20)


async def test_a_stream_of_events_has_no_end(outbound: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_http, "BODY_BYTES", 10)
    answer = HEAD + b"Content-Type: text/event-stream\r\nContent-Length: 20\r\n\r\n" + b"x" * 20
    assert (await ask(outbound, answer))[1].content == b"x" * 20
