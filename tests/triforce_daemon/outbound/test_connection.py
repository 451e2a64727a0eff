"""A connection with a transport that the test holds in its hand."""

import asyncio
from typing import cast

import pytest

from tests.triforce_daemon.circles import circles
from triforce_daemon.outbound.connection import Connection
from triforce_daemon.outbound.faults import Lost


class FakeTransport:
    def __init__(self) -> None:
        self.written = b""
        self.unsent = 0
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written += data

    def writelines(self, data: tuple[bytes, ...]) -> None:
        self.written += b"".join(data)

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def get_write_buffer_size(self) -> int:
        return self.unsent


@pytest.fixture
async def connection() -> Connection:
    made = Connection(asyncio.get_running_loop(), lambda _: None)
    made.connection_made(cast(asyncio.Transport, FakeTransport()))
    return made


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_it_may_be_used_again_when_the_answer_was_read(connection: Connection) -> None:
    connection.begin(b"GET", b"body")
    assert not connection.reusable
    connection.data_received(ANSWER)
    await connection.head(None)
    assert not connection.reusable
    assert connection.take() == b"ok"
    assert connection.take() == b""
    assert connection.reusable
    transport = cast(FakeTransport, connection.transport)
    transport.unsent = 1
    assert not connection.reusable
    assert transport.written == b"GETbody"


async def test_what_came_is_read_before_the_failure(connection: Connection) -> None:
    connection.begin(b"GET")
    connection.data_received(ANSWER[:-1])
    connection.connection_lost(None)
    assert connection.take() == b"o"
    with pytest.raises(Lost, match="broke off"):
        connection.take()
    assert not connection.reusable


@pytest.mark.parametrize(("came", "words"), [(b"", "without an answer"), (b"HTTP/1.1 200", "broke off")])
async def test_whether_anything_was_heard(connection: Connection, came: bytes, words: str) -> None:
    connection.begin(b"GET")
    if came:
        connection.data_received(came)
    connection.connection_lost(ConnectionResetError())
    assert connection.heard == bool(came)
    with pytest.raises(Lost, match=words):
        await connection.head(None)


async def test_one_that_has_ended_says_so(connection: Connection) -> None:
    connection.connection_lost(None)
    assert not connection.alive
    connection.begin(b"GET")
    with pytest.raises(Lost, match="without an answer"):
        await connection.head(None)


async def test_time_runs_out_for_who_waits_and_for_who_rests(connection: Connection) -> None:
    now = asyncio.get_running_loop().time
    connection.begin(b"GET")
    with pytest.raises(TimeoutError):
        await connection.head(now() + 0.01)
    connection.data_received(ANSWER)
    assert connection.take() == b"ok"
    connection.rest(0.01)
    assert connection.alive
    await asyncio.sleep(0.03)
    assert not connection.alive


async def test_a_body_of_unknown_length_that_is_reset_is_not_whole(connection: Connection) -> None:
    connection.begin(b"GET")
    connection.data_received(b"HTTP/1.1 200 OK\r\n\r\nhalf")
    connection.connection_lost(ConnectionResetError())
    assert connection.take() == b"half"
    with pytest.raises(Lost, match="broke off"):
        connection.take()


async def test_a_limit_is_for_who_waits_and_not_for_who_has_been_told(connection: Connection) -> None:
    connection.begin(b"GET")
    waiting = connection.news(asyncio.get_running_loop().time() + 0.01)
    connection.data_received(ANSWER)
    await waiting
    await asyncio.sleep(0.03)
    assert connection.alive
    assert connection.take() == b"ok"
    assert connection.complete and connection.reusable


async def test_who_gives_up_waiting_is_not_woken(connection: Connection) -> None:
    connection.begin(b"GET")
    waiting = asyncio.ensure_future(connection.head(asyncio.get_running_loop().time() + 0.01))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    await asyncio.sleep(0.03)
    assert connection.alive
    connection.data_received(ANSWER)
    await connection.head(None)
    assert connection.take() == b"ok"


@pytest.mark.parametrize("answer", [b"", ANSWER, ANSWER + b"more", b"nonsense", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_one_that_is_lost_leaves_nothing_for_the_collector(answer: bytes) -> None:
    with circles() as found:
        connection = Connection(asyncio.get_running_loop(), lambda _: None)
        connection.connection_made(cast(asyncio.Transport, FakeTransport()))
        connection.begin(b"GET")
        if answer:
            connection.data_received(answer)
        connection.connection_lost(None)
        del connection
    assert found == []
