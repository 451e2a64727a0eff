"""The writer and SQLite's log: it does not grow for ever, and nobody waits for it to be copied."""

import asyncio
import os
import sqlite3
import threading

import pytest

from tests.triforce_daemon.stores.sqlite.test_writer import note, notes, prepared
from triforce_daemon.stores.sqlite import writer as module
from triforce_daemon.stores.sqlite.log_copier import LogCopier
from triforce_daemon.stores.sqlite.writer import Writer


@pytest.mark.parametrize(
    ("durability", "limit", "value", "commits", "pages"),
    [
        ("normal", "_COPY_EVERY", 10, 3_000, 1_500),
        ("normal", "_COPY_AFTER", 10, 3_000, 1_500),
        ("normal", "_CHECKPOINT_PAGES", 20, 300, 60),
        ("full", "_COPY_EVERY", 10, 600, 450),
        ("full", "_CHECKPOINT_PAGES", 20, 300, 60),
    ],
)
async def test_the_log_beside_the_database_does_not_grow_for_ever(
    path: str, monkeypatch: pytest.MonkeyPatch, durability: str, limit: str, value: int, commits: int, pages: int
) -> None:
    monkeypatch.setattr(module, limit, value)
    writer = Writer(prepared(path), durability, busy_seconds=5)
    writer.start()
    for number in range(commits):
        await writer.commit(note(number))
        # A moment now and then in which nobody writes is all that it takes.
        await asyncio.sleep(0.01 if number % 30 == 0 else 0)
    # Each commit takes a page at least.
    assert os.path.getsize(path + "-wal") < pages * 2_072
    writer.stop()
    assert notes(path) == list(range(commits))


async def test_nobody_waits_for_the_log_to_be_copied(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    copied, begun = threading.Event(), threading.Event()

    def copy(self: LogCopier) -> None:
        begun.set()
        assert copied.wait(5)

    monkeypatch.setattr(LogCopier, "_copy", copy)
    monkeypatch.setattr(module, "_COPY_EVERY", 2)
    writer = Writer(prepared(path), "normal", busy_seconds=5)
    writer.start()
    await writer.commit(note(1))
    await writer.commit(note(2))
    await asyncio.to_thread(begun.wait, 5)
    await writer.commit(note(3))
    copied.set()
    writer.stop()
    assert notes(path) == [1, 2, 3]


async def test_a_log_that_cannot_be_copied_keeps_what_is_in_it(
    path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def copy(self: LogCopier) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(LogCopier, "_copy", copy)
    monkeypatch.setattr(module, "_COPY_EVERY", 1)
    writer = Writer(prepared(path), "normal", busy_seconds=5)
    writer.start()
    await writer.commit(note(1))
    await writer.commit(note(2))
    writer.stop()
    assert notes(path) == [1, 2]
    assert "disk I/O error" in {getattr(record, "reason", "") for record in caplog.records}
