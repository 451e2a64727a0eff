"""Where requests may lead: the table of addresses, and that it is the connected address that counts."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Sequence
from ipaddress import ip_network
from typing import Any

import pytest

from tests.triforce_daemon.outbound.raw_server import answer
from triforce_daemon.errors import AddressRefused
from triforce_daemon.outbound.client import Outbound, Timeouts
from triforce_daemon.outbound.reach import Opened, Reach, within

QUICK = Timeouts(connect=2, first_byte=2, idle=2, total=10)

#: Each written as somebody would who hopes that nobody understands it, all of them this machine or its network.
INSIDE = [
    "127.0.0.1", "127.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.01",
    "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:10.0.0.1]", "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]", "[::127.0.0.1]", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "192.168.257",
    "100.64.0.1", "198.18.0.1", "192.0.0.1", "192.0.2.1", "[fc00::1]", "[fd12:3456::1]", "[fec0::1]", "localhost",
    "user@127.0.0.1", "user:public.example@127.0.0.1",
]  # fmt: skip
#: Where nobody is ever asked, not even by the owner's own settings.
NOWHERE = [
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "169.254.0.1",
    "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "168.63.129.16", "100.100.100.200",
    "[fd00:ec2::254]", "[fe80::1]", "0.0.0.0", "0", "0.0.0.1", "[::]", "224.0.0.1", "[ff02::1]", "255.255.255.255",
    "240.0.0.1", "user@169.254.169.254",
]  # fmt: skip
OUTSIDE = ["93.184.216.34", "8.8.8.8", "[2606:4700::1111]", "[::ffff:8.8.8.8]", "[64:ff9b::808:808]", "172.32.0.1"]


class Names:
    """A resolver of one's own: each question gets the next of its answers, the last one again and again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]]) -> None:
        self.asked: list[str] = []
        self._answers = answers
        loop = asyncio.get_running_loop()
        self._real = loop.getaddrinfo
        monkeypatch.setattr(loop, "getaddrinfo", self._look_up)

    async def _look_up(self, host: str, port: int, **more: Any) -> Sequence[Any]:
        self.asked.append(host)
        given = self._answers.get(host)
        if given is None:
            return await self._real(host, port, **more)
        addresses = given.pop(0) if len(given) > 1 else given[0]
        return [one for address in addresses.split() for one in await self._real(address, port, **more)]


@contextlib.asynccontextmanager
async def hearing(content: bytes = b"heard", status: str = "200 OK", *headers: str) -> AsyncGenerator[int]:
    """A server on this machine."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(content, "Connection: close", *headers).replace(b"200 OK", status.encode(), 1))
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def read(outbound: Outbound, url: str, reach: Reach = "configured") -> bytes:
    try:
        return await (await outbound.send("GET", url, timeouts=QUICK, reach=reach)).read(99)
    finally:
        await outbound.close()


@pytest.mark.parametrize("host", [*INSIDE, *NOWHERE])
async def test_no_url_from_outside_leads_inside(outbound: Outbound, host: str) -> None:
    with pytest.raises(AddressRefused, match="is not in the public internet"):
        await read(outbound, f"http://{host}:9/", "public")


@pytest.mark.parametrize("host", NOWHERE)
async def test_no_setting_leads_where_clouds_keep_secrets(outbound: Outbound, host: str) -> None:
    with pytest.raises(AddressRefused, match="nobody is ever asked"):
        await read(outbound, f"http://{host}:9/")


@pytest.mark.parametrize("address", [*INSIDE[:3], "10.0.0.1", "192.168.1.1", "[fd12:3456::1]"])
def test_the_owner_may_lead_inside(address: str) -> None:
    found = _found(address)
    assert within("configured", found, "it") == found


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_public_internet_is_open_to_all(address: str) -> None:
    found = _found(address)
    assert within("configured", found, "it") == found
    assert within("public", found, "it") == found


def test_what_the_owner_has_opened_is_open_besides() -> None:
    home = Opened((ip_network("10.1.0.0/16"), ip_network("169.254.0.0/16")))
    assert within(home, _found("10.1.2.3"), "it") == _found("10.1.2.3")
    assert within(home, _found("8.8.8.8"), "it") == _found("8.8.8.8")
    for address in ("10.2.0.1", "127.0.0.1", "169.254.169.254", "::1"):
        with pytest.raises(AddressRefused, match="is not in the public internet"):
            within(home, _found(address), "it")


def test_of_several_addresses_those_that_may_be_asked_are() -> None:
    both = [*_found("93.184.216.34"), *_found("10.0.0.1")]
    assert within("public", both, "it") == both[:1]


def test_a_zone_changes_nothing() -> None:
    zoned = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%1", 9, 0, 1))]
    with pytest.raises(AddressRefused):
        within("configured", zoned, "it")


@pytest.mark.parametrize("name", ["metadata.google.internal", "harmless.example"])
async def test_a_name_counts_for_its_addresses(outbound: Outbound, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    Names(monkeypatch, {name: ["169.254.169.254"]})
    for reach in ("configured", "public"):
        with pytest.raises(AddressRefused):
            await read(outbound, f"http://{name}/", reach)


async def test_the_second_answer_of_a_name_does_not_matter(outbound: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the name is asked for once, and who is connected to is who was looked at."""
    names = Names(monkeypatch, {"turning.example": ["127.0.0.1", "169.254.169.254"]})
    async with hearing() as port:
        url = f"http://turning.example:{port}/"
        assert await read(outbound, url) == b"heard"
        assert names.asked == ["turning.example"]
        with pytest.raises(AddressRefused):
            await read(outbound, url)


async def test_a_redirect_leads_no_further(outbound: Outbound, monkeypatch: pytest.MonkeyPatch) -> None:
    async with hearing(b"", "302 Found", "Location: http://169.254.169.254/latest/meta-data") as port:
        with pytest.raises(AddressRefused):
            await outbound.follow("GET", f"http://127.0.0.1:{port}/", timeouts=QUICK)


async def test_a_connection_of_the_owners_is_not_lent(outbound: Outbound) -> None:
    async with hearing() as port:
        url = f"http://127.0.0.1:{port}/"
        reply = await outbound.send("GET", url, timeouts=QUICK)
        assert await reply.read(99) == b"heard"
        with pytest.raises(AddressRefused):
            await read(outbound, url, "public")


class TestThroughAProxy:
    """The proxy is the owner's, wherever it is; what it is asked for is another matter."""

    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_it_is_asked_for_nothing_inside(self, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
        Names(monkeypatch, {"inside.example": ["10.0.0.1"]})
        async with hearing() as port:
            proxied = Outbound({"ALL_PROXY": f"http://127.0.0.1:{port}"})
            with pytest.raises(AddressRefused):
                await read(proxied, f"{scheme}://inside.example/", "public")

    async def test_it_gets_the_address_that_was_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Names(monkeypatch, {"outside.example": ["93.184.216.34"]})
        heads: list[bytes] = []

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answer(b"far", "Connection: close"))
            writer.close()

        async with await asyncio.start_server(handle, "127.0.0.1", 0) as proxy:
            proxied = Outbound({"ALL_PROXY": f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"})
            assert await read(proxied, "http://outside.example/page", "public") == b"far"
        assert heads[0].startswith(b"CONNECT 93.184.216.34:80 HTTP/1.1\r\n")
        assert heads[1].startswith(b"GET /page HTTP/1.1\r\nHost: outside.example\r\n")


def _found(host: str) -> list[Any]:
    return list(socket.getaddrinfo(host.strip("[]"), 9, type=socket.SOCK_STREAM))
