"""Reading beside those who read for long, what becomes of who is cancelled, and what is left at the end."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import event, text

from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.sqlite.reader import AT_ONCE, Reader

ONE = text("SELECT 1")
#: Is answered when the test opens the gate.
HELD = text("SELECT held()")


class Gate:
    def __init__(self) -> None:
        self.there = threading.Semaphore(0)
        self.open = threading.Event()

    def pass_through(self) -> bool:
        self.there.release()
        return self.open.wait(10)


@pytest.fixture
async def reader(path: str) -> AsyncIterator[Reader]:
    reader = Reader(path, busy_seconds=1)
    yield reader
    await reader.close()


@pytest.fixture
def gate(reader: Reader) -> Iterator[Gate]:
    gate = Gate()

    def know(connection: sqlite3.Connection, _: object) -> None:
        connection.create_function("held", 0, gate.pass_through)

    event.listen(reader._engine, "connect", know)  # pyright: ignore[reportPrivateUsage]
    yield gate
    gate.open.set()


def connections_to(path: str) -> int:
    open_files = (f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd"))
    return sum(os.path.realpath(file) == path for file in open_files)


async def test_who_reads_for_long_holds_up_nobody(reader: Reader, gate: Gate) -> None:
    long = [asyncio.create_task(reader.execute(HELD)) for _ in range(AT_ONCE - 1)]
    for _ in long:
        await asyncio.to_thread(gate.there.acquire)
    assert (await reader.execute(ONE)).scalar_one() == 1
    assert not any(task.done() for task in long)
    gate.open.set()
    assert [found.scalar_one() for found in await asyncio.gather(*long)] == [1] * len(long)


async def test_more_than_that_wait_for_one_another(reader: Reader, gate: Gate) -> None:
    long = [asyncio.create_task(reader.execute(HELD)) for _ in range(AT_ONCE)]
    late = asyncio.create_task(reader.execute(ONE))
    _, waiting = await asyncio.wait([late], timeout=0.1)
    assert waiting
    gate.open.set()
    assert (await late).scalar_one() == 1
    await asyncio.gather(*long)


async def test_one_connection_is_enough_for_who_reads_alone(reader: Reader, path: str) -> None:
    for _ in range(50):
        await reader.execute(ONE)
    assert connections_to(path) == 1


async def test_who_is_cancelled_goes_on_and_his_connection_is_nobody_elses_meanwhile(
    reader: Reader, gate: Gate, path: str
) -> None:
    task = asyncio.create_task(reader.execute(HELD))
    await asyncio.to_thread(gate.there.acquire)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connections_to(path) == 1
    await reader.execute(ONE)
    assert connections_to(path) == 2


async def test_closing_waits_for_who_reads_and_leaves_nothing(path: str, reader: Reader, gate: Gate) -> None:
    before = set(threading.enumerate())
    reading = asyncio.create_task(reader.execute(HELD))
    await asyncio.to_thread(gate.there.acquire)
    closing = asyncio.create_task(reader.close())
    _, waiting = await asyncio.wait([closing], timeout=0.1)
    assert waiting
    with pytest.raises(StorageFailed, match="closed"):
        await reader.execute(ONE)
    gate.open.set()
    await closing
    assert (await reading).scalar_one() == 1
    assert connections_to(path) == 0
    # Threads of asyncio's own stay until the loop ends.
    assert [new.name for new in set(threading.enumerate()) - before if not new.name.startswith("asyncio")] == []


async def test_who_has_read_holds_nothing_back_from_the_log(path: str, reader: Reader) -> None:
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE t AS SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3")
    assert (await reader.execute(text("SELECT a FROM t"))).first() is not None
    other.execute("INSERT INTO t VALUES (4)")
    other.commit()
    busy, *_ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    other.close()
    assert busy == 0
    assert (await reader.execute(text("SELECT a FROM t"))).scalars().all() == [1, 2, 3, 4]
