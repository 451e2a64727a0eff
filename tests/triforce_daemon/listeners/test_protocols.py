"""What a listener notes of its connections."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.served_process import serving
from triforce_daemon.listeners import protocols


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "run", "triforced.sock")


def test_the_kernel_vouches_for_the_caller(path: str) -> None:
    with serving(path) as server, server.get("/who") as answer:
        who = json.loads(answer.read())
        assert who == {"peer": [os.getpid(), os.getuid(), os.getgid()], "listener": "socket"}


def test_of_a_caller_on_the_port_nothing_is_known_and_headers_say_nothing(path: str) -> None:
    with serving(path) as server, server.get("/who", tcp=True) as answer:
        assert json.loads(answer.read()) == {"peer": None, "listener": "http"}


@asynccontextmanager
async def connected(served: ServedDaemon) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.http.port)
    try:
        yield reader, writer
    finally:
        writer.close()


@pytest.mark.parametrize(
    "sent", [b"", b"GET /v1/health HTTP/1.1\r\nhost: ", b"GET /v1/health HTTP/1.1\r\nhost: x\r\n\r\nG"]
)
async def test_a_head_that_does_not_come_is_not_waited_for(
    served: ServedDaemon, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "HEAD_SECONDS", 0.1)
    async with connected(served) as (reader, writer):
        writer.write(sent)
        begun = time.monotonic()
        answered = await asyncio.wait_for(reader.read(), 5)
        assert answered.count(b"HTTP/1.1") == sent.count(b"\r\n\r\n")
        assert time.monotonic() - begun > 0.05


async def test_an_idle_connection_of_one_who_has_asked_may_wait(
    served: ServedDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "HEAD_SECONDS", 0.05)
    request = f"GET /v1/health HTTP/1.1\r\nhost: 127.0.0.1:{served.http.port}\r\n\r\n".encode()
    async with connected(served) as (reader, writer):
        for _ in range(2):
            writer.write(request)
            assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
            await asyncio.sleep(0.15)
            await reader.readuntil(b"}")


@pytest.mark.parametrize("line", [b"x-a: b\r\n", b"x" * 100, b"x: " + b"y" * 1_000])
async def test_a_head_without_end_is_cut(served: ServedDaemon, line: bytes) -> None:
    async with connected(served) as (reader, writer):
        writer.write(b"GET /v1/health HTTP/1.1\r\n")
        writer.write(line * (protocols.HEAD_BYTES // len(line) + 1))
        assert (await asyncio.wait_for(reader.read(), 5)).startswith(b"HTTP/1.1 431 ")


async def test_trailers_are_not_kept(served: ServedDaemon) -> None:
    token = await served.token("inference")
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{served.http.port}\r\n"
        "transfer-encoding: chunked\r\ncontent-type: application/json\r\n\r\n"
    )
    async with connected(served) as (reader, writer):
        # A token in a trailer comes after the decision, and must not change it.
        writer.write(f"{head}2\r\n{{}}\r\n0\r\nauthorization: Bearer {token}\r\n\r\n".encode())
        assert await reader.readline() == b"HTTP/1.1 401 Unauthorized\r\n"
