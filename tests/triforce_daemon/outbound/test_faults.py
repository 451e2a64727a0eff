"""What a person reads when the other side fails: true, and without secrets."""

import asyncio
import os
import ssl
import subprocess
import sys
import traceback

import pytest

from tests.triforce_daemon.outbound.raw_server import Exchange, answer, serve
from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.outbound.client import Outbound, Timeouts

QUICK = Timeouts(connect=2, first_byte=2, idle=2, total=10)


async def silence(exchange: Exchange) -> None:
    await exchange.gone()


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (b"", "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9\r\n", "sent something that is not an HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not an HTTP answer|broke off"),
    ],
)
async def test_a_broken_answer(outbound: Outbound, wire: bytes, words: str) -> None:
    async def script(exchange: Exchange) -> None:
        await exchange.send(wire)
        exchange.writer.close()

    async with serve(script) as server:
        with pytest.raises(UpstreamFailed, match=words) as caught:
            await (await outbound.send("GET", f"{server.url}/?key=secret", timeouts=QUICK)).read(1_000)
    assert caught.value.message.startswith("The server 127.0.0.1:")
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9/", r"No connection to the server 127\.0\.0\.1:9: Connection refused\."),
        ("http://user:hunter2@127.0.0.1:9/?key=hunter2", "Connection refused"),
        ("http://nowhere.invalid/", "No address is known for the server nowhere.invalid"),
        ("ftp://127.0.0.1/", "not an http or https address"),
        ("http:///", "not an http or https address"),
        ("nonsense", "not an http or https address"),
    ],
)
async def test_nobody_is_there(outbound: Outbound, url: str, words: str) -> None:
    with pytest.raises(UpstreamFailed, match=words) as caught:
        await outbound.send("GET", url, timeouts=QUICK)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.hint


async def test_no_socket_is_there(outbound: Outbound, folder: str) -> None:
    path = os.path.join(folder, "none")
    with pytest.raises(UpstreamFailed, match=f"No connection to the server any on {path}: No such file"):
        await outbound.send("GET", "http://any/", unix_socket=path, timeouts=QUICK)


async def test_a_header_that_would_smuggle(outbound: Outbound) -> None:
    async with serve(silence) as server:
        with pytest.raises(UpstreamFailed, match="cannot be sent"):
            await outbound.send("GET", server.url, headers={"Authorization": "a\r\nb: c"}, timeouts=QUICK)
        assert not server.requests


async def test_a_server_without_tls(outbound: Outbound) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(UpstreamFailed, match="No safe connection"):
            await outbound.send("GET", f"https://127.0.0.1:{port}/", timeouts=QUICK)


async def test_a_certificate_that_nobody_vouches_for_until_its_file_is_named(outbound: Outbound, folder: str) -> None:
    certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    make = (
        f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -out {certificate}"
    )
    names = ["-keyout", key, "-addext", "subjectAltName=DNS:localhost"]
    try:
        subprocess.run(["openssl", *make.split(), *names], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    identity = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    identity.load_cert_chain(certificate, key)

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(b"safe", "Connection: close"))
        writer.close()

    async with await asyncio.start_server(serve_one, "127.0.0.1", 0, ssl=identity) as server:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}/"
        with pytest.raises(UpstreamFailed, match="No safe connection") as caught:
            await outbound.send("GET", url, timeouts=QUICK)
        assert "SSL_CERT_FILE" in (caught.value.hint or "")
        program = (
            "import asyncio, sys\n"
            "from triforce_daemon.outbound.client import Outbound, Timeouts\n"
            "async def main():\n"
            "    outbound = Outbound({})\n"
            "    print(await (await outbound.send('GET', sys.argv[1], timeouts=Timeouts())).read(99))\n"
            "    await outbound.close()\n"
            "asyncio.run(main())"
        )
        environ = {**os.environ, "SSL_CERT_FILE": certificate}
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", program, url], env=environ, capture_output=True, text=True
        )
        assert done.stdout == "b'safe'\n", done.stderr
