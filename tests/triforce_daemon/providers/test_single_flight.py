"""Many callers, one piece of work."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from triforce_daemon.errors import UpstreamFailed
from triforce_daemon.providers.provider import Progress
from triforce_daemon.providers.single_flight import SingleFlight
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.wire.models import PullProgress


def line(done: int) -> PullProgress:
    return PullProgress(type="model.loading", model="a/b", phase="fetching", done_bytes=done, total_bytes=3)


class Work:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.ended = 0
        self.go = asyncio.Event()
        self.failure: UpstreamFailed | None = None

    async def __call__(self, progress: Progress) -> int:
        self.runs += 1
        run = self.runs
        try:
            progress(line(1))
            await self.go.wait()
            progress(line(2))
            if self.failure is not None:
                raise self.failure
            return run
        finally:
            # Clearing up takes its time.
            await asyncio.sleep(0.01)
            self.ended += 1


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


async def test_all_wait_for_one(tasks: Tasks) -> None:
    flight, work = SingleFlight[int](tasks, "test"), Work()
    heard: dict[int, list[int | None]] = {n: [] for n in range(3)}

    async def wait(number: int) -> int:
        return await flight.join(work, lambda told: heard[number].append(told["done_bytes"]))

    waiting = [asyncio.create_task(wait(0)), asyncio.create_task(wait(1))]
    await asyncio.sleep(0.01)
    waiting.append(asyncio.create_task(wait(2)))
    await asyncio.sleep(0.01)
    work.go.set()
    assert await asyncio.gather(*waiting) == [1, 1, 1]
    assert heard == {0: [1, 2], 1: [1, 2], 2: [1, 2]}
    assert await wait(0) == 2


async def test_all_get_the_failure_and_the_next_one_tries_again(tasks: Tasks, caplog: pytest.LogCaptureFixture) -> None:
    flight, work = SingleFlight[int](tasks, "test"), Work()
    work.failure = UpstreamFailed("no")
    work.go.set()
    results = await asyncio.gather(*(flight.join(work, print) for _ in range(2)), return_exceptions=True)
    assert [vars(result) for result in results] == [vars(work.failure)] * 2
    assert work.runs == 1
    work.failure = None
    assert await flight.join(work, print) == 2
    assert not caplog.records


async def test_one_who_leaves_takes_nothing_from_the_others(tasks: Tasks) -> None:
    flight, work = SingleFlight[int](tasks, "test"), Work()
    leaving, staying = (asyncio.create_task(flight.join(work, print)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    work.go.set()
    assert await staying == 1


@pytest.mark.parametrize("seconds", [0, 0.01])
async def test_the_last_who_leaves_ends_it_and_the_next_one_begins_afresh(tasks: Tasks, seconds: float) -> None:
    flight, work = SingleFlight[int](tasks, "test"), Work()
    leaving = asyncio.create_task(flight.join(work, print))
    await asyncio.sleep(seconds)
    leaving.cancel()
    await asyncio.sleep(0)
    work.go.set()
    assert await flight.join(work, print) == 2
    assert work.ended == work.runs == 2


async def test_stopping_ends_the_work_and_whoever_waits(tasks: Tasks) -> None:
    flight, work = SingleFlight[int](tasks, "test"), Work()
    await flight.stop()
    waiting = [asyncio.create_task(flight.join(work, print)) for _ in range(2)]
    await asyncio.sleep(0.01)
    await flight.stop()
    assert work.ended == 1
    await asyncio.wait(waiting)
    assert [task.cancelled() for task in waiting] == [True, True]
