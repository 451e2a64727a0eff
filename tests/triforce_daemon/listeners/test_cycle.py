"""A request and its answer, as they stand on the wire and as the app sees them."""

import asyncio
from typing import Any

import pytest
from uvicorn.protocols.http.flow_control import FlowControl

from triforce_daemon.listeners.cycle import Cycle


class Wire:
    """A transport that keeps what is written to it, piece by piece."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.closed = False

    @property
    def written(self) -> bytes:
        return b"".join(self.pieces)

    def write(self, data: bytes) -> None:
        assert data, "a loop may take nothing for something that is still to be sent"
        self.pieces.append(data)

    def writelines(self, data: tuple[bytes, ...]) -> None:
        self.pieces.append(b"".join(data))

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def resume_reading(self) -> None:
        pass


def cycle(wire: Any, method: str = "POST", **options: bool) -> Cycle:
    return Cycle({"method": method, "path": "/"}, wire, FlowControl(wire), _nothing, **{"keep_alive": True, **options})


def _nothing() -> None:
    pass


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


async def test_what_would_be_two_headers_is_not_sent() -> None:
    wire = Wire()
    with pytest.raises(RuntimeError):
        await answer(cycle(wire), 200, [(b"x", b"1\r\nset-cookie: a=b")])
    assert wire.written == b""


START = {"type": "http.response.start", "status": 200, "headers": []}
HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


async def test_head_and_body_are_one_piece() -> None:
    wire = Wire()
    one = cycle(wire)
    await answer(one, 200, [(b"content-length", b"2")], b"ok")
    await asyncio.sleep(0)
    assert wire.pieces == [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"]


async def test_the_head_of_a_stream_waits_for_the_loop_to_turn_and_no_longer() -> None:
    wire = Wire()
    one = cycle(wire)
    await one.send(START)
    assert wire.pieces == []
    await asyncio.sleep(0)
    assert wire.pieces == [HEAD]
    await one.send({"type": "http.response.body", "body": b"late", "more_body": True})
    await one.send({"type": "http.response.body", "body": b"", "more_body": True})
    await one.send({"type": "http.response.body"})
    assert wire.pieces == [HEAD, b"4\r\nlate\r\n", b"0\r\n\r\n"]


@pytest.mark.parametrize(("length", "body", "more"), [(1, b"ok", True), (3, b"ok", False)])
async def test_a_body_of_another_length_than_was_told(length: int, body: bytes, more: bool) -> None:
    one = cycle(Wire())
    await one.send({**START, "headers": [(b"content-length", b"%d" % length)]})
    with pytest.raises(RuntimeError, match="Content-Length"):
        await one.send({"type": "http.response.body", "body": body, "more_body": more})


async def test_what_is_no_answer() -> None:
    one = cycle(Wire())
    with pytest.raises(RuntimeError):
        await one.send({"type": "http.response.body"})
    await one.send(START)
    with pytest.raises(RuntimeError):
        await one.send(START)
    await one.send({"type": "http.response.body"})
    with pytest.raises(RuntimeError):
        await one.send({"type": "http.response.body"})


async def test_a_body_in_pieces_is_told_as_it_comes() -> None:
    one = cycle(Wire())
    assert one.take(b"ab") == 2
    assert one.take(b"c") == 3
    assert one.take(b"d") == 4
    assert await one.receive() == {"type": "http.request", "body": b"abcd", "more_body": True}
    waiting = asyncio.ensure_future(one.receive())
    await asyncio.sleep(0)
    assert not waiting.done()
    one.take(b"e")
    one.taken()
    assert await waiting == {"type": "http.request", "body": b"e", "more_body": False}
    waiting = asyncio.ensure_future(one.receive())
    await asyncio.sleep(0)
    one.leave()
    assert await waiting == await one.receive() == {"type": "http.disconnect"}


async def test_several_may_wait_for_the_body() -> None:
    one = cycle(Wire())
    waiting = asyncio.gather(one.receive(), one.receive())
    await asyncio.sleep(0)
    one.leave()
    async with asyncio.timeout(1):
        assert await waiting == [{"type": "http.disconnect"}] * 2


async def test_who_asks_whether_to_go_on_is_told_so_once() -> None:
    wire = Wire()
    one = cycle(wire, expects_continue=True)
    one.take(b"a")
    await one.receive()
    one.taken()
    await one.receive()
    assert wire.written == b"HTTP/1.1 100 Continue\r\n\r\n"
    late = cycle(wire := Wire(), expects_continue=True)
    await answer(late, 200, [(b"content-length", b"0")])
    await late.receive()
    assert b"Continue" not in wire.written


async def _fails(scope: object, receive: object, send: object) -> None:
    raise ValueError


async def _says_two_headers_in_one(scope: object, receive: object, send: Any) -> None:
    await send({**START, "headers": [(b"x", b"1\r\nset-cookie: a=b")]})


async def _says_nothing(scope: object, receive: object, send: object) -> None:
    pass


async def _says_half(scope: object, receive: object, send: Any) -> None:
    await send({**START, "headers": [(b"content-length", b"2")]})


@pytest.mark.parametrize(
    ("app", "status"),
    [
        (_fails, b"500 Internal"),
        (_says_nothing, b"500 Internal"),
        (_says_two_headers_in_one, b"500 Internal"),
        (_says_half, b"200 OK"),
    ],
)
async def test_an_app_that_does_not_answer(app: Any, status: bytes, caplog: pytest.LogCaptureFixture) -> None:
    wire = Wire()
    tasks: set[asyncio.Task[None]] = set()
    cycle(wire).start(app, asyncio.get_running_loop(), tasks)
    await tasks.copy().pop()
    assert wire.written.startswith(b"HTTP/1.1 " + status)
    if b"500" in status:
        assert wire.written.endswith(b"\r\n\r\nInternal Server Error")
    assert wire.closed
    assert not tasks
    assert [record.name for record in caplog.records] == ["triforce_daemon.listeners.cycle"]


async def test_nobody_is_told_anything_who_has_left() -> None:
    wire = Wire()
    gone = cycle(wire)
    gone.disconnected = True
    await answer(gone, 200, [])
    assert wire.written == b""
