"""The ways to a connection: tunnels, names with several addresses, and limits on the way."""

import asyncio
import contextlib
import os
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.triforce_daemon.outbound.raw_server import answer, until
from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound import dial
from triforce_daemon.outbound.client import Outbound, Timeouts

QUICK = Timeouts(connect=2, first_byte=2, idle=2, total=10)


@pytest.fixture
def identity(folder: str, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's certificate for `localhost` and `far.example`, which the daemon trusts."""
    certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    make = (
        f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -out {certificate}"
    )
    try:
        subprocess.run(
            ["openssl", *make.split(), "-keyout", key, "-addext", "subjectAltName=DNS:localhost,DNS:far.example"],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    monkeypatch.setattr(dial, "trust", lambda: ssl.create_default_context(cafile=certificate))
    return context


@contextlib.asynccontextmanager
async def safe_server(identity: ssl.SSLContext) -> AsyncGenerator[int]:
    begun: list[asyncio.StreamWriter] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(answer(b"safe"))
        await _close(writer)
        begun.remove(writer)

    async with await asyncio.start_server(handle, "127.0.0.1", 0, ssl=identity) as server:
        yield server.sockets[0].getsockname()[1]
        await until(lambda: not begun)


class Tunnel:
    """A proxy that opens tunnels for those who know the password."""

    def __init__(self, status: bytes = b"200 Connection established") -> None:
        self.status = status
        self.heads: list[bytes] = []
        self.ended = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        writer.write(b"HTTP/1.1 %s\r\n\r\n" % self.status)
        if self.status.startswith(b"200"):
            port = int(head.split()[1].rpartition(b":")[2])
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pump(reader, other_writer), _pump(other_reader, writer))
        await _close(writer)
        self.ended += 1


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
    await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def test_through_a_tunnel(identity: ssl.SSLContext) -> None:
    tunnel = Tunnel()
    async with safe_server(identity) as port, await asyncio.start_server(tunnel.handle, "127.0.0.1", 0) as proxy:
        place = f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        outbound = Outbound({"HTTPS_PROXY": f"http://me:pass@{place}"})
        for _ in range(2):
            reply = await outbound.send("GET", f"https://far.example:{port}/x", timeouts=QUICK)
            assert await reply.read(99) == b"safe"
        await outbound.close()
        await until(lambda: tunnel.ended)
        assert len(tunnel.heads) == 1
    assert tunnel.heads[0].startswith(b"CONNECT far.example:%d HTTP/1.1\r\n" % port)
    assert b"Proxy-Authorization: Basic bWU6cGFzcw==" in tunnel.heads[0]


@pytest.mark.parametrize("status", [b"407 Proxy Authentication Required", b"502 Bad Gateway", b"302 Found"])
async def test_a_proxy_that_says_no(status: bytes) -> None:
    tunnel = Tunnel(status)
    async with await asyncio.start_server(tunnel.handle, "127.0.0.1", 0) as proxy:
        outbound = Outbound({"HTTPS_PROXY": f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"})
        with pytest.raises(
            UpstreamFailed, match=r"The proxy on the way to the server api\.example did not let us through"
        ):
            await outbound.send("GET", "https://api.example/", timeouts=QUICK)
        await until(lambda: tunnel.ended)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9"])
async def test_no_proxy_is_there(proxy: str) -> None:
    outbound = Outbound({"ALL_PROXY": proxy})
    for url in ("https://api.example/", "http://api.example/"):
        with pytest.raises(UpstreamFailed, match="did not let us through"):
            await outbound.send("GET", url, timeouts=QUICK)


async def test_a_certificate_for_another_name(identity: ssl.SSLContext, outbound: Outbound) -> None:
    async with safe_server(identity) as port:
        with pytest.raises(UpstreamFailed, match="No safe connection"):
            await outbound.send("GET", f"https://127.0.0.1:{port}/", timeouts=QUICK)
        reply = await outbound.send("GET", f"https://localhost:{port}/", timeouts=QUICK)
        assert await reply.read(9) == b"safe"
        await outbound.close()


async def test_a_server_that_never_speaks_tls(outbound: Outbound) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(UpstreamTimeout, match=r"within 0\.1 s"):
            await outbound.send("GET", url, timeouts=Timeouts(connect=0.1))


async def _on_one_port(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> tuple[socket.socket, asyncio.Server]:
    """A socket that lets one in, on 127.0.0.2, and a server on the same port of 127.0.0.1."""
    while True:
        full = socket.create_server(("127.0.0.2", 0), backlog=0)
        try:
            return full, await asyncio.start_server(handle, "127.0.0.1", full.getsockname()[1])
        except OSError:
            # Another test has that port there.
            full.close()


async def test_an_address_that_does_not_answer_does_not_hold_up_the_next(
    outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"here", "Connection: close"))
        writer.close()

    full, server = await _on_one_port(handle)
    with full:
        port = full.getsockname()[1]
        async with server:
            both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.2", "127.0.0.1")]

            asks = asyncio.get_running_loop().getaddrinfo

            async def known(host: str, *more: Any, **named: Any) -> Sequence[object]:
                return both if host == "two.example" else await asks(host, *more, **named)

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", known)
            with socket.create_connection(full.getsockname()):
                began = time.monotonic()
                reply = await outbound.send("GET", f"http://two.example:{port}/", timeouts=QUICK)
                assert await reply.read(9) == b"here"
                assert time.monotonic() - began < 1
