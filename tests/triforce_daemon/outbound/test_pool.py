"""Connections that are used again, and servers that end them."""

import asyncio
import os

import pytest

from tests.triforce_daemon.outbound.raw_server import Exchange, answer, serve, until
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound, Timeouts

QUICK = Timeouts(connect=2, first_byte=2, idle=2, total=10)


async def test_connections_are_used_again(outbound: Outbound, folder: str) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(b"ok"))

    path = os.path.join(folder, "s")
    async with serve(script) as tcp, serve(script, unix_socket=path) as unix:
        for _ in range(3):
            await (await outbound.send("GET", tcp.url, timeouts=QUICK)).read(9)
            await (await outbound.send("GET", "http://any/x", unix_socket=path, timeouts=QUICK)).read(9)
        assert (tcp.connections, unix.connections) == (1, 1)
        assert unix.requests[0].head.startswith(b"GET /x HTTP/1.1\r\nHost: any\r\n")
        await outbound.forget(path)
        await until(lambda: unix.ended)
        assert not tcp.ended


@pytest.mark.parametrize("delay", [None, 0, 0.0005, 0.002])
async def test_a_server_that_ends_idle_connections_costs_no_request(outbound: Outbound, delay: float | None) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(b"ok"))
        if delay is not None:
            await asyncio.sleep(delay)
        exchange.writer.close()

    async with serve(script) as server:
        for turn in range(60):
            reply = await outbound.send("POST", server.url, body=b"hi", timeouts=QUICK)
            assert await reply.read(9) == b"ok"
            await asyncio.sleep(turn % 5 * 0.0005)


async def test_what_fails_on_a_fresh_connection_is_not_sent_again(outbound: Outbound) -> None:
    async def script(exchange: Exchange) -> None:
        exchange.writer.close()

    async with serve(script) as server:
        with pytest.raises(UpstreamFailed, match="closed the connection without an answer"):
            await outbound.send("POST", server.url, body=b"hi", timeouts=QUICK)
        assert len(server.requests) == 1
