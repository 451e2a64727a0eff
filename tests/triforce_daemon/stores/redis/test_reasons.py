"""A real Redis by TLS: who is let in, and what is said where nobody is."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import uvloop

from tests.issuer import Issuer, Pair
from tests.redis_by_tls import PASSWORD, Ports, redis_by_tls
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.stores.redis.address import Address
from triforce_daemon.stores.redis.connection import RedisConnection


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer(tmp_path_factory.mktemp("ours"), "ours")


@pytest.fixture(scope="module")
def ports(ours: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    with redis_by_tls(str(tmp_path_factory.mktemp("redis")), ours.pair("redis", "127.0.0.1"), ours.file) as running:
        yield running


def tried(url: str, password: str | None = PASSWORD) -> str | None:
    """Why Redis is not reached at that address; None where it answers. On the daemon's loop, which words it so."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_tried(url, password))


async def _tried(url: str, password: str | None) -> str | None:
    connection = RedisConnection(Address.of(url, password), Tasks(), 0.5, Random())
    try:
        if await connection.start():
            assert await connection.call("PING") == b"PONG"
        return connection.trouble
    finally:
        await connection.close()


def test_whoever_our_issuer_vouches_for_is_asked(ports: Ports, ours: Issuer) -> None:
    assert tried(f"rediss://127.0.0.1:{ports.tls}/1?ssl_ca_certs={ours.file}") is None


def test_nobody_is_asked_for_whom_nobody_vouches(ports: Ports, tmp_path: Path) -> None:
    theirs = Issuer(tmp_path, "theirs").file
    for given in ("", f"?ssl_ca_certs={theirs}"):
        said = tried(f"rediss://127.0.0.1:{ports.tls}{given}")
        assert said is not None
        assert said.startswith(f"the certificate of 127.0.0.1:{ports.tls} is not accepted: ")
        assert said.endswith("; name what issued it: ?ssl_ca_certs=FILE")


@pytest.mark.parametrize(
    ("address", "days", "why"), [("127.0.0.2", 1, "not valid for '127.0.0.1'"), ("127.0.0.1", -1, "expired")]
)
def test_a_certificate_is_of_that_place_and_of_today(
    folder: str, ours: Issuer, address: str, days: float, why: str
) -> None:
    with redis_by_tls(folder, ours.pair("elsewhere", address, days=days), ours.file) as ports:
        said = tried(f"rediss://127.0.0.1:{ports.tls}?ssl_ca_certs={ours.file}")
    assert said is not None
    assert said.startswith("the certificate of 127.0.0.1")
    assert said.endswith(why)


def test_a_port_without_tls_is_called_that(ports: Ports, ours: Issuer) -> None:
    said = tried(f"rediss://127.0.0.1:{ports.plain}?ssl_ca_certs={ours.file}")
    assert said is not None
    assert said.startswith(f"127.0.0.1:{ports.plain} does not ")
    assert said.endswith(", and its address begins with redis://")


async def test_one_that_answers_something_else(ours: Issuer) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"-ERR unknown command\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        place = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        said = await asyncio.to_thread(tried, f"rediss://{place}?ssl_ca_certs={ours.file}")
    assert said == f"{place} does not speak TLS; its address begins with redis://"


def test_a_port_with_tls_that_is_asked_without_it(ports: Ports) -> None:
    said = tried(f"redis://127.0.0.1:{ports.tls}")
    assert said is not None
    assert said.endswith("; if it speaks TLS, its address begins with rediss://")


def test_a_password_is_asked_for_and_a_wrong_one_is_called_that(ports: Ports, ours: Issuer) -> None:
    url = f"rediss://127.0.0.1:{ports.tls}?ssl_ca_certs={ours.file}"
    wrong = tried(url, "guessed")
    assert wrong is not None
    assert wrong.startswith("WRONGPASS")
    assert wrong.endswith("; see what redis.url and redis.password_file hold")
    assert "guessed" not in wrong
    none = tried(url, None)
    assert none is not None
    assert none.startswith("NOAUTH")
    assert "redis.password_file" in none


def test_a_server_that_wants_to_know_its_clients(folder: str, ours: Issuer) -> None:
    us: Pair = ours.pair("client")
    with redis_by_tls(folder, ours.pair("redis", "127.0.0.1"), ours.file, clients="yes") as ports:
        url = f"rediss://127.0.0.1:{ports.tls}?ssl_ca_certs={ours.file}"
        assert tried(f"{url}&ssl_certfile={us.certificate}&ssl_keyfile={us.key}") is None
        said = tried(url)
    assert said is not None
    assert said.endswith("it wants a certificate of yours: ?ssl_certfile=FILE&ssl_keyfile=FILE")
