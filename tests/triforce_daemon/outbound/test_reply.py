"""Bodies, as the daemon gets to read them."""

import asyncio
import gzip

import pytest

from tests.triforce_daemon.outbound.raw_server import Exchange, answer, serve, until
from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound.client import Outbound, Timeouts
from triforce_daemon.outbound.connection import HIGH_WATER

QUICK = Timeouts(connect=2, first_byte=2, idle=2, total=10)


async def test_a_packed_body_is_unpacked_and_its_headers_say_so(outbound: Outbound) -> None:
    packed = gzip.compress(b'{"a": 1}')

    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(packed, "Content-Encoding: gzip"))

    async with serve(script) as server:
        reply = await outbound.send("GET", server.url, timeouts=QUICK)
        assert "content-encoding" not in reply.headers
        assert "content-length" not in reply.headers
        assert await reply.read(8) == b'{"a": 1}'
        assert await (await outbound.send("GET", server.url, timeouts=QUICK)).read(8) == b'{"a": 1}'
        assert server.connections == 1


@pytest.mark.parametrize(
    ("body", "encoding", "words"),
    [
        (gzip.compress(bytes(64 << 20)), "gzip", "more than 100 times its size"),
        (b"not packed", "gzip", "cannot be unpacked"),
        (b"x", "br", "nobody had asked for"),
    ],
)
async def test_what_cannot_be_unpacked(outbound: Outbound, body: bytes, encoding: str, words: str) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(body, f"Content-Encoding: {encoding}"))

    async with serve(script) as server:
        with pytest.raises(UpstreamFailed, match=words):
            await (await outbound.send("GET", server.url, timeouts=QUICK)).read(1 << 30)
        await until(lambda: server.ended)


async def test_more_than_was_announced_is_an_error_and_the_end_of_the_connection(outbound: Outbound) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello world")

    async with serve(script) as server:
        reply = await outbound.send("GET", server.url, timeouts=QUICK)
        with pytest.raises(UpstreamFailed, match="sent more than it had announced"):
            await reply.read(100)
        await until(lambda: server.ended)


async def test_what_comes_unasked_ends_the_connection(outbound: Outbound) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(b"one"))
        if len(server.requests) == 1:
            await asyncio.sleep(0.01)
            await exchange.send(answer(b"unasked"))

    async with serve(script) as server:
        assert await (await outbound.send("GET", server.url, timeouts=QUICK)).read(9) == b"one"
        await until(lambda: server.ended)
        assert await (await outbound.send("GET", server.url, timeouts=QUICK)).read(9) == b"one"
        assert server.connections == 2


async def test_who_answers_before_he_has_read_all_gets_no_further_request(outbound: Outbound) -> None:
    go_on = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"too large", status="413 Too Large"))
        await go_on.wait()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for _ in range(2):
            reply = await outbound.send("POST", url, body=bytes(32 << 20), timeouts=QUICK)
            assert (reply.status, await reply.read(99)) == (413, b"too large")
        go_on.set()


async def test_a_body_that_nobody_takes_makes_the_server_wait(outbound: Outbound) -> None:
    sent = 0

    async def script(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 << 20))
        for _ in range(64):
            await exchange.send(bytes(1 << 20))
            sent += 1

    async with serve(script) as server:
        reply = await outbound.send("GET", server.url, timeouts=QUICK)
        await asyncio.sleep(0.2)
        # What stands in the kernel's buffers has left the server.
        assert sent < 32
        assert reply._connection is not None
        assert reply._connection.incoming.size < 4 * HIGH_WATER
        size = 0
        async for chunk in reply.chunks():
            size += len(chunk)
        assert size == 64 << 20
        assert server.connections == 1


async def test_after_the_end_it_is_nobodys(outbound: Outbound) -> None:
    async with serve(lambda exchange: exchange.send(answer(b"one"))) as server:
        first = await outbound.send("GET", server.url, timeouts=QUICK)
        assert await first.read(9) == b"one"
        second = await outbound.send("GET", server.url, timeouts=QUICK)
        first.close()
        with pytest.raises(UpstreamFailed, match="not listened to"):
            await first.read(9)
        assert await second.read(9) == b"one"
        assert server.connections == 1


async def test_a_packed_body_that_trickles_without_saying_anything_has_not_begun(outbound: Outbound) -> None:
    head, _, packed = answer(gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip").partition(b"\r\n\r\n")

    async def trickle(exchange: Exchange) -> None:
        await exchange.send(head + b"\r\n\r\n" + packed[:1])
        # What gzip itself says comes before all that it packs.
        for at in range(1, 10):
            await asyncio.sleep(0.1)
            await exchange.send(packed[at : at + 1])
        await asyncio.sleep(2)

    timeouts = Timeouts(connect=2, first_byte=0.3, idle=1, total=10)
    async with serve(trickle) as server:
        reply = await outbound.send("GET", server.url, timeouts=timeouts)
        with pytest.raises(UpstreamTimeout, match=r"0\.3 s"):
            await reply.piece()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"


@pytest.mark.parametrize(
    ("wire", "here"),
    [
        (answer(b"ok"), b"ok"),
        (answer(b""), b""),
        (CHUNKED + b"0\r\n\r\n", b"ok"),
        (CHUNKED, None),
        (answer(b"ok") + b"more", None),
        (answer(gzip.compress(b"ok", mtime=0), "Content-Encoding: gzip"), None),
    ],
)
async def test_what_is_here_as_a_whole_is_had_at_once(outbound: Outbound, wire: bytes, here: bytes | None) -> None:
    async with serve(lambda exchange: exchange.send(wire)) as server:
        with await outbound.send("GET", server.url, timeouts=QUICK) as reply:
            assert reply.at_once() == here
            if here is None:
                assert await reply.piece() == b"ok"
                return
        # Its connection was free before it was closed.
        assert reply.at_once() is None
        with await outbound.send("GET", server.url, timeouts=QUICK):
            assert server.connections == 1


async def test_what_is_left_of_a_body_is_had_at_once(outbound: Outbound) -> None:
    async with serve(lambda exchange: exchange.send(CHUNKED)) as server:
        with await outbound.send("GET", server.url, timeouts=QUICK) as reply:
            assert await reply.piece() == b"ok"
            await server.requests[0].send(b"1\r\n!\r\n0\r\n\r\n")
            left = None
            while left is None:
                await asyncio.sleep(0)
                left = reply.at_once()
            assert left == b"!"
