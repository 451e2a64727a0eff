"""TLS 1.3 and nothing below it, within a time, for as many as there is room."""

import asyncio
import errno
import os
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import pytest

from tests.triforce_daemon.pairs import make_pair, serve_https, trusting
from tests.triforce_daemon.raw import answers, exchange, statuses
from triforce_daemon.listeners import crowd, handshake
from triforce_daemon.listeners.certificate import Certificate
from triforce_daemon.listeners.handshake import Handshakes
from triforce_daemon.listeners.limits import Limits
from triforce_daemon.listeners.network import pair
from triforce_daemon.listeners.protocols import Connections
from triforce_daemon.listeners.tcp_protocol import SecureProtocol
from triforce_daemon.runtime.tasks import Tasks

HEALTH = b"GET /v1/health HTTP/1.1\r\nhost: anything.example\r\n\r\n"


async def test_it_speaks_tls_1_3_and_answers_to_any_name(folder: str) -> None:
    async with serve_https(folder) as (_, port, context):
        context.set_alpn_protocols(["h2", "http/1.1"])
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        spoken = writer.get_extra_info("ssl_object")
        assert (spoken.version(), spoken.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
        writer.close()
        (answer,) = answers(await exchange(port, HEALTH, context=context))
        assert answer.status == 200
        assert "strict-transport-security" in answer.head


async def test_nothing_older_is_spoken(folder: str) -> None:
    async with serve_https(folder) as (_, port, context):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port, ssl=context)


async def test_a_token_opens_it_and_nobody_is_its_owner(folder: str) -> None:
    async with serve_https(folder) as (served, port, context):
        token = (await served.token("inference")).encode()
        asked = b"GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + token + b"\r\n\r\n"
        claims = b"x-forwarded-for: 127.0.0.1\r\nx-user-id: root\r\nx-triforce-caller: owner\r\n"
        owner = b"GET /v1/tokens HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + token + b"\r\n" + claims + b"\r\n"
        nobody = b"GET /v1/models HTTP/1.1\r\nhost: x\r\n" + claims + b"\r\n"
        found = [statuses(await exchange(port, asked, context=context)) for asked in (asked, owner, nobody)]
        assert found == [[200], [403], [401]]


async def test_what_is_no_tls_is_hung_up_on_and_the_others_go_on(folder: str) -> None:
    async with serve_https(folder) as (_, port, context):
        for nonsense in (
            b"GET / HTTP/1.1\r\nhost: x\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + b"\xff" * 600,
            b"x",
        ):
            got = await asyncio.wait_for(exchange(port, nonsense + b"\r\n" * 10), 5)
            assert b"HTTP" not in got
        assert statuses(await exchange(port, HEALTH, context=context)) == [200]


async def test_who_says_nothing_is_not_waited_for(folder: str) -> None:
    async with serve_https(folder, limits={"handshake_seconds": 0.2}) as (_, port, _context):
        begun = time.monotonic()
        assert await exchange(port) == b""
        assert 0.1 < time.monotonic() - begun < 3


async def test_one_address_gets_only_so_many(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of those who never finish the handshake."""
    monkeypatch.setattr(crowd, "house_of", lambda address: address)
    async with serve_https(folder, https__connections_per_address="2") as (_, port, context):
        held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port, ssl=context)
        for _, writer in held:
            writer.transport.abort()
        await asyncio.sleep(0.1)
        for _ in range(5):
            assert statuses(await exchange(port, HEALTH, context=context)) == [200]
            await asyncio.sleep(0.05)


async def test_a_new_certificate_holds_for_the_next_and_the_others_keep_theirs(folder: str) -> None:
    async with serve_https(folder) as (served, port, context):
        token = (await served.token("inference")).encode()
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        make_pair(folder, "127.0.0.1", replace=True)
        served.network.look()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection("127.0.0.1", port, ssl=context)
        new = trusting(served.places.tls + "/certificate.pem")
        assert statuses(await exchange(port, HEALTH, context=new)) == [200]
        writer.write(b"GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer " + token + b"\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        writer.close()


class Exhausted(socket.socket):
    """A socket on a machine that has no descriptor left for a while."""

    refusals = 2

    def accept(self) -> tuple[socket.socket, Any]:
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return super().accept()


async def test_without_descriptors_it_waits_and_goes_on(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "_BREATH_SECONDS", 0.05)
    make_pair(folder)
    bound = Exhausted(socket.AF_INET)
    bound.bind(("127.0.0.1", 0))
    bound.listen()
    bound.setblocking(False)
    spoken = asyncio.Event()

    class Speaking(asyncio.Protocol):
        seat: object = None

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            spoken.set()
            transport.close()

    certificate = Certificate(*pair("", "", folder + "/.local/state/triforce/tls"))
    state = Connections(Limits())
    accepting = Handshakes(bound, state, certificate.context, cast("Callable[[], SecureProtocol]", Speaking), Tasks())
    accepting.listen()
    _, writer = await asyncio.open_connection(
        *bound.getsockname(), ssl=trusting(folder + "/.local/state/triforce/tls/certificate.pem")
    )
    await asyncio.wait_for(spoken.wait(), 5)
    assert bound.refusals == 0
    writer.close()
    with suppress(ConnectionError, ssl.SSLError):
        await writer.wait_closed()
    accepting.close()
    await accepting.wait_closed()
    bound.close()
