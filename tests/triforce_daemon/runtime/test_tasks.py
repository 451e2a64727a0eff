"""Background tasks: a failure is reported, and none outlives the daemon."""

import asyncio
import gc
import logging
import weakref

import pytest

from triforce_daemon.runtime.tasks import Tasks


async def test_a_task_that_is_awaited_gives_its_result() -> None:
    async def work() -> int:
        return 7

    assert await Tasks().start(work(), "work") == 7


async def test_a_failure_that_nobody_awaits_is_logged_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> None:
        raise KeyError("the cause")

    tasks = Tasks()
    tasks.start(work(), "feeding the cat")
    await asyncio.sleep(0.01)
    [record] = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "task failed")
    assert vars(record)["task"] == "feeding the cat"
    assert record.exc_info is not None
    assert "the cause" in str(record.exc_info[1])


async def test_a_task_that_nobody_holds_is_kept_until_it_ends() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        # Nothing but the task itself refers to what it waits for: without its keeper it would be collected.
        await asyncio.get_running_loop().create_future()

    async def keep() -> None:
        await asyncio.sleep(0.02)
        ended.set()

    tasks = Tasks()
    tasks.start(work(), "alone")
    tasks.start(keep(), "ending")
    gc.collect()
    await asyncio.wait_for(ended.wait(), 1)
    names = {task.get_name() for task in asyncio.all_tasks()}
    assert "alone" in names
    await tasks.stop()


async def test_a_task_that_has_ended_is_forgotten() -> None:
    async def work() -> None:
        return

    tasks = Tasks()
    ended = weakref.ref(tasks.start(work(), "short"))
    await asyncio.sleep(0.01)
    gc.collect()
    assert ended() is None


async def test_stop_cancels_what_runs_and_waits_for_its_end(caplog: pytest.LogCaptureFixture) -> None:
    ends: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            ends.append(name)

    tasks = Tasks()
    for name in ("one", "two"):
        tasks.start(work(name), name)
    await asyncio.sleep(0)
    await tasks.stop()
    assert sorted(ends) == ["one", "two"]
    assert caplog.records == []


async def test_a_failure_while_stopping_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    ended = asyncio.Event()

    async def fails() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            raise OSError("closing went wrong")

    async def ends() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    tasks = Tasks()
    tasks.start(fails(), "fails")
    tasks.start(ends(), "ends")
    await asyncio.sleep(0)
    await tasks.stop()
    assert ended.is_set()
    assert [vars(record)["task"] for record in caplog.records] == ["fails"]
