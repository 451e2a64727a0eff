"""The writer: who waits together is committed together, and nobody pays for another's mistake."""

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Collection
from contextlib import closing

import pytest

from tests.triforce_daemon.disks import filled, read_only, small_disk
from triforce_daemon.errors import InvalidRequest, StorageFailed
from triforce_daemon.stores.database import RowRefused, Write
from triforce_daemon.stores.sqlite import writer as module
from triforce_daemon.stores.sqlite.groups import Groups, Job, Outcome
from triforce_daemon.stores.sqlite.writer import GROUP_LIMIT, Writer

TABLE = "CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT NOT NULL); CREATE TABLE commits (count INTEGER)"


def prepared(path: str) -> str:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(TABLE)
    connection.close()
    return path


def note(id: object, word: object = "x") -> Write:
    return Write("INSERT INTO notes VALUES (:id, :word) RETURNING id", {"id": id, "word": word})


def notes(path: str) -> list[int]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT id FROM notes ORDER BY id")]
    finally:
        connection.close()


@pytest.fixture
async def writer(path: str) -> AsyncIterator[Writer]:
    started = Writer(prepared(path), "normal", busy_seconds=5)
    started.start()
    yield started
    started.stop()


class Holder:
    """Another program that holds the database, so that what is written meanwhile waits in line."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        self._connection.close()

    def __enter__(self) -> "Holder":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


async def test_what_was_committed_is_there_for_others(writer: Writer, path: str) -> None:
    rows = await writer.commit(note(1), note(2, "y"))
    assert rows == [[(1,)], [(2,)]]
    for number in range(3, 100):
        await writer.commit(note(number))
        assert notes(path)[-1] == number
    assert notes(path) == list(range(1, 100))


def written(path: str) -> int:
    """Commits in the write-ahead log: the last frame of each tells the size of the database (fileformat2, 4.1)."""
    header, frame = 32, 24 + 4096
    with open(path + "-wal", "rb") as log:
        frames = log.read()[header:]
    return sum(frames[start + 4 : start + 8] != bytes(4) for start in range(0, len(frames), frame))


async def test_who_waits_together_shares_a_commit(writer: Writer, path: str) -> None:
    await writer.commit(note(0))
    before = written(path)
    with Holder(path) as holder:
        waiting = [asyncio.ensure_future(writer.commit(note(number))) for number in range(1, 101)]
        await asyncio.sleep(0.05)
        assert not any(one.done() for one in waiting)
        holder.release()
        assert await asyncio.gather(*waiting) == [[[(number,)]] for number in range(1, 101)]
    assert notes(path) == list(range(101))
    # One for who came first, one for all others.
    assert written(path) - before <= 2


async def test_where_several_come_at_once_a_turn_is_waited_for_more(writer: Writer, path: str) -> None:
    for together, commits in ((1, 2), (2, 1)):
        await asyncio.gather(*(writer.commit(note(None)) for _ in range(together)))
        before = written(path)
        first = asyncio.ensure_future(writer.commit(note(None)))
        await asyncio.sleep(0)
        await asyncio.gather(first, writer.commit(note(None)))
        assert written(path) - before == commits


async def test_one_after_another_each_has_its_commit(writer: Writer, path: str) -> None:
    await writer.commit(note(0))
    before = written(path)
    for number in range(1, 11):
        await writer.commit(note(number))
    assert written(path) - before == 10


async def test_a_group_is_bounded(writer: Writer, path: str) -> None:
    """So that the first of many is answered while the last still waits."""
    await writer.commit(note(0))
    before = written(path)
    with Holder(path) as holder:
        waiting = [asyncio.ensure_future(writer.commit(note(number))) for number in range(1, 3 * GROUP_LIMIT)]
        await asyncio.sleep(0.05)
        holder.release()
        await asyncio.gather(*waiting)
    assert notes(path) == list(range(3 * GROUP_LIMIT))
    assert 3 <= written(path) - before <= 4


async def test_a_job_is_written_wholly_or_not_at_all(writer: Writer, path: str) -> None:
    await writer.commit(note(1))
    with pytest.raises(RowRefused):
        await writer.commit(note(2), note(3), note(1))
    assert notes(path) == [1]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (note(1), RowRefused),
        (note(50, None), RowRefused),
        (note(1 << 70), InvalidRequest),
        (note(50, "half \ud800"), InvalidRequest),
        (note(50, object()), (sqlite3.InterfaceError, sqlite3.ProgrammingError)),
        (Write("INSERT INTO notes VALUES (:id, :word)", {"id": 50}), sqlite3.ProgrammingError),
    ],
    ids=["duplicate", "null", "too large", "half a character", "no value", "missing value"],
)
async def test_one_mistake_in_a_group_harms_only_its_own_job(
    writer: Writer, path: str, wrong: Write, error: type[Exception]
) -> None:
    await writer.commit(note(1))
    with Holder(path) as holder:
        before = [asyncio.ensure_future(writer.commit(note(number))) for number in (2, 3)]
        bad = asyncio.ensure_future(writer.commit(note(60), wrong, note(61)))
        after = [asyncio.ensure_future(writer.commit(note(number))) for number in (4, 5)]
        await asyncio.sleep(0.05)
        holder.release()
        await asyncio.gather(*before, *after)
        with pytest.raises(error):
            await bad
    assert notes(path) == [1, 2, 3, 4, 5]
    await writer.commit(note(6))


async def test_a_statement_that_is_wrong_is_an_error_and_the_writer_goes_on(writer: Writer, path: str) -> None:
    with pytest.raises(StorageFailed, match="no such table"):
        await writer.commit(note(1), Write("INSERT INTO nowhere VALUES (1)", {}))
    await writer.commit(note(2))
    assert notes(path) == [2]


async def test_a_bug_does_not_end_the_writer(writer: Writer, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(AttributeError):
        await writer.commit("no write at all")  # pyright: ignore[reportArgumentType]
    assert caplog.records[0].exc_info
    await asyncio.wait_for(writer.commit(note(1)), 5)
    assert notes(path) == [1]


async def test_who_gives_up_waiting_does_not_undo_anything(writer: Writer, path: str) -> None:
    with Holder(path) as holder:
        first = asyncio.ensure_future(writer.commit(note(1)))
        gone = asyncio.ensure_future(writer.commit(note(2)))
        await asyncio.sleep(0.05)
        gone.cancel()
        first.cancel()
        last = asyncio.ensure_future(writer.commit(note(3)))
        await asyncio.sleep(0.05)
        holder.release()
        assert await last == [[(3,)]]
        for cancelled in (first, gone):
            with pytest.raises(asyncio.CancelledError):
                await cancelled
    assert notes(path) == [1, 2, 3]


async def test_stop_writes_what_was_handed_in(path: str) -> None:
    writer = Writer(prepared(path), "normal", busy_seconds=5)
    writer.start()
    holder = Holder(path)
    waiting = [asyncio.ensure_future(writer.commit(note(number))) for number in range(600)]
    await asyncio.sleep(0.05)
    threading.Timer(0.1, holder.release).start()
    writer.stop()
    await asyncio.gather(*waiting)
    assert notes(path) == list(range(600))


async def test_after_stop_nothing_waits_for_ever(path: str) -> None:
    writer = Writer(prepared(path), "normal", busy_seconds=5)
    writer.start()
    writer.stop()
    with pytest.raises(StorageFailed, match="closed"):
        await asyncio.wait_for(writer.commit(note(1)), 2)


def test_a_loop_that_has_ended_does_not_stop_the_writer(path: str) -> None:
    writer = Writer(prepared(path), "normal", busy_seconds=5)
    writer.start()
    holder = Holder(path)

    async def hand_in() -> None:
        waiting = asyncio.ensure_future(writer.commit(note(1)))
        await asyncio.sleep(0.02)
        waiting.cancel()

    asyncio.run(hand_in())
    holder.release()

    async def again() -> None:
        await writer.commit(note(2))

    asyncio.run(again())
    writer.stop()
    assert notes(path) == [1, 2]


async def test_a_database_that_is_held_for_too_long_is_told(path: str) -> None:
    writer = Writer(prepared(path), "normal", busy_seconds=0.2)
    writer.start()
    with Holder(path):
        begin = time.perf_counter()
        failures = await asyncio.gather(*(writer.commit(note(n)) for n in range(3)), return_exceptions=True)
        assert 0.15 < time.perf_counter() - begin < 2
    for failure in failures:
        assert isinstance(failure, StorageFailed)
        assert "locked" in failure.message
        assert failure.hint == "Another program holds the database; try again."
    assert len({id(failure) for failure in failures}) == 3
    await writer.commit(note(9))
    writer.stop()
    assert notes(path) == [9]


async def test_the_loop_is_never_held_up_while_the_database_is(writer: Writer, path: str) -> None:
    pauses: list[float] = []

    async def beat() -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            pauses.append(now - last - 0.005)
            last = now

    heart = asyncio.ensure_future(beat())
    with Holder(path) as holder:
        waiting = [asyncio.ensure_future(writer.commit(note(number))) for number in range(50)]
        await asyncio.sleep(1)
        holder.release()
        await asyncio.gather(*waiting)
    heart.cancel()
    assert len(pauses) > 50
    # A machine that does other things as well may hold up a beat or two; a blocked loop would miss the whole second.
    assert sorted(pauses)[-3] < 0.05


async def test_a_full_disk_is_told_and_forgotten_when_there_is_room_again() -> None:
    with small_disk(megabytes=1) as folder:
        path = prepared(os.path.join(folder, "a.db"))
        writer = Writer(path, "normal", busy_seconds=1)
        writer.start()
        await writer.commit(note(1))
        with filled(folder):
            for number in range(2, 5):
                with pytest.raises(StorageFailed) as raised:
                    await writer.commit(note(number, "y" * 50_000))
                assert "full" in raised.value.message
                assert raised.value.hint == "Free some disk space, then try again."
            assert notes(path) == [1]
        await writer.commit(note(9, "y" * 50_000))
        writer.stop()
        assert notes(path) == [1, 9]
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


async def test_a_disk_that_becomes_read_only_is_told() -> None:
    with small_disk(megabytes=4) as folder:
        path = prepared(os.path.join(folder, "a.db"))
        with read_only(folder):
            writer = Writer(path, "normal", busy_seconds=1)
            with pytest.raises(StorageFailed) as raised:
                writer.start()
                await writer.commit(note(1))
            assert raised.value.hint


def test_a_place_that_cannot_be_opened_is_told(folder: str) -> None:
    with pytest.raises(StorageFailed, match="could not be opened") as raised:
        Writer(os.path.join(folder, "missing", "a.db"), "normal", 1).start()
    assert raised.value.hint == "Check the owner and mode of the database and its folder."


@pytest.mark.parametrize(("durability", "level"), [("normal", 1), ("full", 2)])
async def test_durability_is_what_the_settings_say(path: str, durability: str, level: int) -> None:
    writer = Writer(prepared(path), durability, busy_seconds=1)
    writer.start()
    try:
        assert await writer.commit(Write("PRAGMA synchronous", {})) == [[(level,)]]
        assert await writer.commit(Write("PRAGMA journal_mode", {})) == [[("wal",)]]
        assert await writer.commit(Write("PRAGMA foreign_keys", {})) == [[(1,)]]
    finally:
        writer.stop()


@pytest.fixture
def who_writes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that tried to commit, one after the other."""
    names: list[str] = []
    commit = Groups.commit

    def noted(self: Groups, jobs: Collection[Job]) -> list[Outcome]:
        names.append(threading.current_thread().name)
        return commit(self, jobs)

    monkeypatch.setattr(Groups, "commit", noted)
    return names


async def test_what_need_not_wait_is_written_without_waking_anybody(writer: Writer, who_writes: list[str]) -> None:
    await asyncio.gather(*(writer.commit(note(number)) for number in range(9)))
    await writer.commit(note(9))
    assert who_writes == ["MainThread"] * 2


async def test_what_has_to_wait_waits_in_the_thread_and_nothing_overtakes_it(
    writer: Writer, path: str, who_writes: list[str]
) -> None:
    with Holder(path) as holder:
        first = asyncio.ensure_future(writer.commit(note(1)))
        await asyncio.sleep(0.02)
        second = asyncio.ensure_future(writer.commit(note(2)))
        await asyncio.sleep(0.02)
        holder.release()
        await asyncio.gather(first, second)
    assert who_writes == ["MainThread", "writer", "writer"]
    await writer.commit(note(3))
    assert who_writes[3:] == ["MainThread"]


async def test_a_slow_disk_is_left_to_the_thread_for_a_while(
    writer: Writer, who_writes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SLOW", -1.0)
    monkeypatch.setattr(module, "_REST", 0.1)
    await writer.commit(note(1))
    await writer.commit(note(2))
    assert who_writes == ["MainThread", "writer"]
    await asyncio.sleep(0.11)
    await writer.commit(note(3))
    assert who_writes[2:] == ["MainThread"]


async def test_each_answer_waits_for_the_disk_where_that_is_wanted(path: str, who_writes: list[str]) -> None:
    writer = Writer(prepared(path), "full", busy_seconds=1)
    writer.start()
    await writer.commit(note(1))
    writer.stop()
    assert who_writes == ["writer"]
