"""Leases, idle time and ends, on engines that are real processes and hold no model."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from triforce_daemon.children.process import Process
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.engine import Order
from triforce_daemon.providers.builtin.engines import Engines
from triforce_daemon.providers.builtin.running import Engine
from triforce_daemon.runtime.tasks import Tasks

NOW = 1_795_449_730.0


class Room:
    def __init__(self, folder: str, idle_seconds: float) -> None:
        self.tasks = Tasks()
        self.outbound = Outbound({})
        self.engines = Engines("builtin", idle_seconds, self.tasks, self.outbound, lambda: NOW)
        self.folder = folder

    async def engine(self, name: str = "tiny") -> Engine:
        process = await Process.start(["/bin/cat"], environ={}, tasks=self.tasks)
        folder = os.path.join(self.folder, str(process.pid))
        os.mkdir(folder)
        order = Order(
            path="/x", name=name, socket=f"{folder}/e.sock", key="k", context=1, parallel=1, threads=1, batch_threads=1,
            temperature=0, repeat_penalty=1, answer_tokens=-1,
        )  # fmt: skip
        return Engine(name, process, order, self.tasks)

    async def add(self, name: str = "tiny") -> Engine:
        engine = await self.engine(name)
        self.engines.add(engine)
        return engine

    async def close(self) -> None:
        await self.engines.close()
        await self.tasks.stop()
        await self.outbound.close()


@pytest.fixture
async def room(folder: str) -> AsyncIterator[Room]:
    room = Room(folder, 0.3)
    yield room
    await room.close()


def states(room: Room) -> list[tuple[str, str, int]]:
    return [(status["model"], status["state"], status["active"]) for status in room.engines.statuses()]


async def test_an_engine_that_nobody_uses_is_stopped(room: Room) -> None:
    engine = await room.add()
    assert room.engines.get("tiny") is engine
    assert room.engines.get("other") is None
    await asyncio.wait_for(engine.ended(), 2)
    assert room.engines.get("tiny") is None
    await asyncio.sleep(0.01)
    assert states(room) == []
    assert os.listdir(room.folder) == []


async def test_not_while_it_is_leased(room: Room) -> None:
    engine = await room.add()
    with room.engines.lease(engine):
        with room.engines.lease(engine):
            await asyncio.sleep(0.35)
            assert states(room) == [("builtin/tiny", "ready", 2)]
        await asyncio.sleep(0.35)
        assert room.engines.get("tiny") is engine
        assert room.engines.statuses()[0]["idle_stop_seconds"] is None
    assert room.engines.statuses()[0]["idle_stop_seconds"] == 0
    await asyncio.sleep(0.1)
    with room.engines.lease(engine):
        await asyncio.sleep(0.25)
    assert room.engines.get("tiny") is engine
    await asyncio.wait_for(engine.ended(), 2)


async def test_an_engine_that_breaks_is_forgotten(room: Room, caplog: pytest.LogCaptureFixture) -> None:
    engine = await room.add()
    with room.engines.lease(engine):
        os.kill(engine.pid, signal.SIGSEGV)
        await asyncio.wait_for(engine.ended(), 2)
        assert room.engines.get("tiny") is None
        second = await room.add()
    # The first one's lease ended after it; the second is not touched by that.
    assert room.engines.get("tiny") is second
    assert states(room) == [("builtin/tiny", "ready", 0)]
    assert "ended by itself" in caplog.text
    assert any("SIGSEGV" in str(vars(record)) for record in caplog.records)


async def test_a_lease_on_an_engine_that_is_gone_is_no_error(room: Room) -> None:
    engine = await room.engine()
    with room.engines.lease(engine):
        assert states(room) == []
    await engine.stop()


async def test_the_page_shows_what_starts_and_what_stops(room: Room) -> None:
    with room.engines.starting("tiny"):
        (status,) = room.engines.statuses()
        assert status == {
            "model": "builtin/tiny",
            "state": "starting",
            "pid": None,
            "since": "2026-11-23T16:02:10.000Z",
            "active": 0,
            "idle_stop_seconds": None,
        }
    assert room.engines.statuses() == []
    engine = await room.add()
    closing = asyncio.create_task(room.engines.close())
    await asyncio.sleep(0)
    assert states(room) == [("builtin/tiny", "stopping", 0)]
    assert room.engines.get("tiny") is None
    await closing
    assert not os.path.exists(f"/proc/{engine.pid}")


async def test_closing_stops_all_of_them_in_use_or_not(room: Room) -> None:
    engines = [await room.add("a"), await room.add("b")]
    with room.engines.lease(engines[0]):
        await room.engines.close()
        assert [engine.alive for engine in engines] == [False, False]
    await room.engines.close()
    assert os.listdir(room.folder) == []
