"""Listeners that serve one app, and drain together."""

import asyncio
import os
import signal
import time
from typing import Any

import pytest

from tests.triforce_daemon.served_process import serving
from triforce_daemon.listeners import serving as serving_module
from triforce_daemon.listeners.ears import ears
from triforce_daemon.listeners.serving import Listening
from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.runtime.lifecycle import Lifecycle


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "run", "triforced.sock")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_what_is_open_and_takes_nothing_new(path: str, number: int) -> None:
    with serving(path) as server, server.get("/slow") as answer:
        assert answer.readline() == b"0\n"
        server.signal(number)
        time.sleep(0.05)
        with pytest.raises(OSError):
            server.connect()
        assert answer.read().split() == [str(digit).encode() for digit in range(1, 10)]
        assert server.end() == 0
    assert not os.path.lexists(path)


def test_listeners_drain_together(path: str) -> None:
    with serving(path) as server, server.get("/slow") as one, server.get("/slow", tcp=True) as other:
        assert one.readline() == other.readline() == b"0\n"
        server.signal()
        time.sleep(0.05)
        for tcp in (False, True):
            with pytest.raises(OSError):
                server.connect(tcp)
        rest = [str(digit).encode() for digit in range(1, 10)]
        assert one.read().split() == other.read().split() == rest
        assert server.end() == 0


def test_told_twice_it_cuts_what_is_open(path: str) -> None:
    with serving(path) as server, server.get("/slow") as answer:
        answer.readline()
        server.signal()
        time.sleep(0.05)
        server.signal()
        rest = answer.read().split()
        assert rest[-1] == b"cut"
        assert len(rest) < 9
        assert server.end() == 0


def test_what_takes_too_long_is_cut(path: str) -> None:
    with serving(path, drain_seconds=0.06) as server, server.get("/slow") as answer:
        answer.readline()
        server.signal()
        rest = answer.read().split()
        assert rest[-1] == b"cut"
        assert 2 <= len(rest) < 9
        assert server.end() == 0


def test_with_nothing_open_it_stops_at_once(path: str) -> None:
    with serving(path) as server, server.connect():
        time.sleep(0.1)
        begin = time.perf_counter()
        server.signal()
        assert server.end() == 0
        assert time.perf_counter() - begin < 5


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_nor_does_a_connection_hold_it_up_that_comes_as_it_stops(path: str, loop: str) -> None:
    with serving(path, loop=loop) as server, server.connect():
        server.signal()
        begin = time.perf_counter()
        assert server.end() == 0
        assert time.perf_counter() - begin < 5


async def test_an_answer_that_will_not_end_is_dropped(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "GRACE_SECONDS", 0.1)
    begun, dropped = asyncio.Event(), asyncio.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            dropped.set()

    lifecycle = Lifecycle()
    with ears(SocketListener(path)) as taken:
        served = asyncio.create_task(Listening(app, taken, lifecycle, 0).serve(lambda: None))
        _, writer = await asyncio.open_unix_connection(path)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        async with asyncio.timeout(5):
            await begun.wait()
            lifecycle.request_stop()
            await served
            await dropped.wait()
        writer.close()
