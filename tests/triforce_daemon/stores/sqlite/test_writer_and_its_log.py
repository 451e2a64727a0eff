"""The writer and SQLite's log: it does not grow for ever, and nobody waits for it to be copied."""

import asyncio
import sqlite3
import threading

import pytest

from tests.triforce_daemon.stores.sqlite.test_writer import note, notes, prepared
from triforce_daemon.stores.sqlite import writer as module
from triforce_daemon.stores.sqlite.log_copier import LogCopier
from triforce_daemon.stores.sqlite.writer import Writer

LIMITS = ("_COPY_EVERY", "_COPY_AFTER", "_CHECKPOINT_PAGES")


def times_begun_anew(path: str) -> int:
    """Of the log: its header's checkpoint sequence number (sqlite.org/fileformat2.html#walformat)."""
    with open(path + "-wal", "rb") as log:
        return int.from_bytes(log.read(16)[12:], "big")


@pytest.mark.parametrize("durability", ["normal", "full"])
@pytest.mark.parametrize("limit", LIMITS)
async def test_the_log_beside_the_database_does_not_grow_for_ever(
    path: str, monkeypatch: pytest.MonkeyPatch, durability: str, limit: str
) -> None:
    for other in LIMITS:
        monkeypatch.setattr(module, other, 10 if other == limit else 10**9)
    writer = Writer(prepared(path), durability, busy_seconds=5)
    writer.start()
    await writer.commit(note(0))
    first, number = times_begun_anew(path), 0
    async with asyncio.timeout(60):
        while times_begun_anew(path) < first + 3:
            number += 1
            await writer.commit(note(number))
            # A moment now and then in which nobody writes is all that it takes.
            await asyncio.sleep(0.01 if number % 30 == 0 else 0)
    writer.stop()
    assert notes(path) == list(range(number + 1))


async def test_nobody_waits_for_the_log_to_be_copied(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    copied, begun = threading.Event(), threading.Event()

    def copy(self: LogCopier) -> None:
        begun.set()
        assert copied.wait(10)

    monkeypatch.setattr(LogCopier, "_copy", copy)
    monkeypatch.setattr(module, "_COPY_EVERY", 2)
    writer = Writer(prepared(path), "normal", busy_seconds=5)
    writer.start()
    await writer.commit(note(1))
    await writer.commit(note(2))
    assert await asyncio.to_thread(begun.wait, 10)
    await writer.commit(note(3))
    copied.set()
    writer.stop()
    assert notes(path) == [1, 2, 3]


async def test_a_log_that_cannot_be_copied_keeps_what_is_in_it(
    path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = threading.Event()

    def copy(self: LogCopier) -> None:
        tried.set()
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(LogCopier, "_copy", copy)
    monkeypatch.setattr(module, "_COPY_EVERY", 1)
    writer = Writer(prepared(path), "normal", busy_seconds=5)
    writer.start()
    await writer.commit(note(1))
    await writer.commit(note(2))
    assert await asyncio.to_thread(tried.wait, 10)
    writer.stop()
    assert notes(path) == [1, 2]
    assert "disk I/O error" in {getattr(record, "reason", "") for record in caplog.records}
