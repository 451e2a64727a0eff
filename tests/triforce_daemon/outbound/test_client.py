"""Requests to real servers: what comes back, what is said when nothing does, and that hanging up is noticed."""

import asyncio
import os
import socket
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.triforce_daemon.outbound.raw_server import Exchange, answer, serve, until
from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound import client
from triforce_daemon.outbound.client import Outbound, Timeouts

QUICK = Timeouts(connect=2, first_byte=2, idle=2, total=10)


async def test_status_headers_and_body(outbound: Outbound) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(b'{"error": 1}', "X-Kind: a", status="429 Too Many Requests"))

    async with serve(script) as server:
        reply = await outbound.send(
            "POST", f"{server.url}/v1/chat?key=1", headers={"Authorization": "Bearer k"}, body=b"{}", timeouts=QUICK
        )
        assert (reply.status, reply.headers["x-kind"]) == (429, "a")
        assert await reply.read(100) == b'{"error": 1}'
        head = server.requests[0].head.decode()
    assert head.startswith("POST /v1/chat?key=1 HTTP/1.1\r\n")
    assert "Authorization: Bearer k\r\n" in head
    assert "Accept-Encoding: identity\r\n" in head
    assert server.requests[0].body == b"{}"


async def test_there_is_time_between_the_request_and_its_answer(outbound: Outbound) -> None:
    done: list[str] = []

    async def script(exchange: Exchange) -> None:
        done.append("answered")
        await exchange.send(answer(b""))

    async with serve(script) as server:
        for _ in range(2):
            with await outbound.send("GET", server.url, timeouts=QUICK, meanwhile=lambda: done.append("meanwhile")):
                pass
        assert server.connections == 1
    assert done == ["meanwhile", "answered"] * 2


async def test_what_fails_meanwhile_leaves_no_connection_behind(outbound: Outbound) -> None:
    def fail() -> None:
        raise KeyError

    async with serve(lambda exchange: exchange.send(answer(b""))) as server:
        with pytest.raises(KeyError):
            await outbound.send("GET", server.url, timeouts=QUICK, meanwhile=fail)
        await until(lambda: server.ended)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8), cuts=st.lists(st.integers(1, 40)))
def test_the_body_is_what_was_sent_however_it_is_split(pieces: list[bytes], cuts: list[int]) -> None:
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    wire += b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"

    async def script(exchange: Exchange) -> None:
        rest = wire
        for cut in cuts:
            await exchange.send(rest[:cut])
            await asyncio.sleep(0)
            rest = rest[cut:]
        await exchange.send(rest)

    async def exchange() -> bytes:
        outbound = Outbound({})
        async with serve(script) as server:
            reply = await outbound.send("GET", server.url, timeouts=QUICK)
            body = b"".join([chunk async for chunk in reply.chunks()])
        await outbound.close()
        return body

    assert asyncio.run(exchange()) == b"".join(pieces)


async def test_a_piece_is_passed_on_when_it_comes(outbound: Outbound) -> None:
    more = asyncio.Event()

    async def script(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\none")
        await more.wait()
        await exchange.send(b"two")

    async with serve(script) as server:
        chunks = (await outbound.send("GET", server.url, timeouts=QUICK)).chunks()
        assert await anext(chunks) == b"one"
        more.set()
        assert await anext(chunks) == b"two"
        assert await anext(chunks, None) is None


async def test_a_large_body_arrives_whole(outbound: Outbound) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(answer(str(len(exchange.body)).encode()))

    body = os.urandom(5 << 20)
    async with serve(script) as server:
        reply = await outbound.send("POST", server.url, body=body, timeouts=QUICK)
        assert await reply.read(100) == b"5242880"
        assert server.requests[0].body == body


async def test_read_has_a_limit_and_hangs_up(outbound: Outbound) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 2_000)
        await exchange.gone()

    async with serve(script) as server:
        reply = await outbound.send("GET", server.url, timeouts=QUICK)
        with pytest.raises(UpstreamFailed, match="more than the 1000 bytes"):
            await reply.read(1_000)
        await until(lambda: server.ended)


@pytest.mark.parametrize("how", ["close", "break", "cancel"])
async def test_the_server_notices_at_once_when_nobody_listens(outbound: Outbound, how: str) -> None:
    sent_after = 0

    async def script(exchange: Exchange) -> None:
        nonlocal sent_after
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            await exchange.send(b"1\r\nx\r\n")
            sent_after += 1
            await asyncio.sleep(0.005)

    async with serve(script) as server:
        reply = await outbound.send("GET", server.url, timeouts=QUICK)

        async def listen() -> None:
            async for _ in reply.chunks():
                if sent_after <= 3 or how == "cancel":
                    continue
                if how == "close":
                    reply.close()
                    reply.close()
                return

        listening = asyncio.create_task(listen())
        await until(lambda: sent_after > 3)
        if how == "cancel":
            listening.cancel()
        await asyncio.wait([listening])
        began = time.monotonic()
        await until(lambda: server.ended)
        assert time.monotonic() - began < 0.3


async def silence(exchange: Exchange) -> None:
    await exchange.gone()


async def head_only(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")
    await exchange.gone()


async def one_piece(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\none")
    await exchange.gone()


async def trickle(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    while True:
        await exchange.send(b"x")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("script", "timeouts", "words"),
    [
        (silence, Timeouts(first_byte=0.1), "did not begin to answer within 0.1 s"),
        (head_only, Timeouts(first_byte=0.1), "did not begin to answer within 0.1 s"),
        (one_piece, Timeouts(idle=0.1), "paused in the middle of its answer for more than 0.1 s"),
        (trickle, Timeouts(idle=1, total=0.1), "did not finish its answer within 0.1 s"),
        (silence, Timeouts(first_byte=1, total=0.1), "did not finish its answer within 0.1 s"),
    ],
)
async def test_time_runs_out(outbound: Outbound, script: object, timeouts: Timeouts, words: str) -> None:
    async with serve(script) as server:  # type: ignore[arg-type]
        began = time.monotonic()
        with pytest.raises(UpstreamTimeout, match=words):
            await (await outbound.send("GET", server.url, timeouts=timeouts)).read(10_000)
        assert 0.09 < time.monotonic() - began < 0.6
        await until(lambda: server.ended)


async def test_a_slow_reader_is_not_an_idle_server(outbound: Outbound) -> None:
    async with serve(lambda exchange: exchange.send(answer(b"x" * 100_000))) as server:
        reply = await outbound.send("GET", server.url, timeouts=Timeouts(idle=0.05))
        size = 0
        async for chunk in reply.chunks():
            size += len(chunk)
            await asyncio.sleep(0.1)
        assert size == 100_000


async def test_nobody_accepts_the_connection(outbound: Outbound) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        url = f"http://127.0.0.1:{full.getsockname()[1]}/"
        with (
            socket.create_connection(full.getsockname()),
            pytest.raises(UpstreamTimeout, match="not accept a connection"),
        ):
            await outbound.send("GET", url, timeouts=Timeouts(connect=0.2))


async def test_redirects_are_followed_only_when_asked_and_without_credentials(outbound: Outbound) -> None:
    async with serve(lambda exchange: exchange.send(answer(b"there"))) as there:

        async def script(exchange: Exchange) -> None:
            await exchange.send(
                answer(b"", f"Location: {there.url.replace('127.0.0.1', 'localhost')}/x", status="302 Found")
            )

        async with serve(script) as here:
            key = {"Authorization": "Bearer k"}
            reply = await outbound.send("GET", here.url, headers=key, timeouts=QUICK)
            assert reply.status == 302
            reply.close()
            reply = await outbound.follow("GET", here.url, headers=key, timeouts=QUICK)
            assert await reply.read(9) == b"there"
        assert b"Authorization" not in there.requests[0].head


async def test_through_a_proxy_with_a_password() -> None:
    async with serve(lambda exchange: exchange.send(answer(b"by proxy"))) as proxy:
        outbound = Outbound({"HTTP_PROXY": proxy.url.replace("//", "//me:pass@"), "NO_PROXY": "127.0.0.1"})
        reply = await outbound.send("GET", "http://upstream.invalid/x", timeouts=QUICK)
        assert await reply.read(99) == b"by proxy"
        assert proxy.requests[0].head.startswith(b"GET http://upstream.invalid/x HTTP/1.1\r\n")
        assert b"Proxy-Authorization: Basic bWU6cGFzcw==" in proxy.requests[0].head
        async with serve(lambda exchange: exchange.send(answer(b"straight"))) as near:
            reply = await outbound.send("GET", near.url, timeouts=QUICK)
            assert await reply.read(99) == b"straight"
        await outbound.close()


async def test_closing_drops_what_is_in_use(folder: str) -> None:
    outbound = Outbound({})
    async with serve(trickle) as server:
        reply = await outbound.send("GET", server.url, timeouts=QUICK)
        await outbound.close()
        await until(lambda: server.ended)
        with pytest.raises(UpstreamFailed):
            await reply.read(100_000)


async def test_what_is_remembered_of_a_request_is_its_own_and_not_for_ever(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_WAYS", 2)
    async with serve(lambda exchange: exchange.send(answer(b"ok"))) as server:
        for key in ("a", "b", "c", "a"):
            reply = await outbound.send("GET", server.url, headers={"Authorization": key}, timeouts=QUICK)
            assert await reply.read(9) == b"ok"
            assert f"Authorization: {key}\r\n".encode() in server.requests[-1].head
            assert len(outbound._ways) <= 2
