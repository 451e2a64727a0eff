"""The head of an answer, as it stands on the wire."""

import asyncio
import logging
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl

from triforce_daemon.listeners.cycle import Cycle


class Wire:
    """A transport that keeps what is written to it."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True


def cycle(wire: Any, method: str = "POST", *, keep_alive: bool = True) -> Cycle:
    return Cycle(
        scope={"method": method},  # pyright: ignore[reportArgumentType]
        transport=wire,
        flow=FlowControl(wire),
        logger=logging.getLogger(),
        access_logger=logging.getLogger(),
        access_log=False,
        default_headers=[],
        message_event=asyncio.Event(),
        expect_100_continue=False,
        keep_alive=keep_alive,
        on_response=lambda: None,
    )


async def answer(one: Cycle, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    await one.send({"type": "http.response.start", "status": status, "headers": headers})
    await one.send({"type": "http.response.body", "body": body})


async def test_of_known_length() -> None:
    wire = Wire()
    await answer(cycle(wire), 200, [(b"x-a", b"1"), (b"content-length", b"2"), (b"x-a", b"2")], b"ok")
    assert wire.written == b"HTTP/1.1 200 OK\r\nx-a: 1\r\ncontent-length: 2\r\nx-a: 2\r\n\r\nok"
    assert not wire.closed


async def test_of_unknown_length() -> None:
    wire = Wire()
    await answer(cycle(wire), 200, [], b"ok")
    assert wire.written == b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_without_a_body(method: str, status: int) -> None:
    wire = Wire()
    await answer(cycle(wire, method), status, [(b"x", b"1")])
    assert wire.written.partition(b"\r\n")[2] == b"x: 1\r\n\r\n"


@pytest.mark.parametrize(("headers", "keep_alive"), [([], False), ([(b"connection", b"Close")], True)])
async def test_of_the_last_one_on_its_connection(headers: list[tuple[bytes, bytes]], keep_alive: bool) -> None:
    wire = Wire()
    await answer(cycle(wire, keep_alive=keep_alive), 200, [*headers, (b"content-length", b"0")])
    assert wire.written == b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    assert wire.closed


@pytest.mark.parametrize("bad", [(b"x", b"1\r\nset-cookie: a=b"), (b"x\r\n", b"1"), (b"x y", b"1")])
async def test_what_would_be_two_headers_is_not_sent(bad: tuple[bytes, bytes]) -> None:
    wire = Wire()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            await answer(cycle(wire), 200, [bad])
    assert wire.written == b""


async def test_nobody_is_told_anything_who_has_left() -> None:
    wire = Wire()
    gone = cycle(wire)
    gone.disconnected = True
    await answer(gone, 200, [])
    assert wire.written == b""
