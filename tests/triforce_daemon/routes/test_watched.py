"""Work ends when its client leaves or the daemon stops, and for no other reason."""

import asyncio

import pytest

from triforce_daemon.errors import Draining
from triforce_daemon.routes.watched import ClientGone, Watched
from triforce_daemon.runtime.hang_up import HangUp
from triforce_daemon.runtime.lifecycle import Lifecycle


@pytest.fixture
def hang_up() -> HangUp:
    return HangUp()


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


async def test_a_client_that_leaves(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    asyncio.get_running_loop().call_later(0.01, hang_up.happen)
    with pytest.raises(ClientGone):
        async with Watched(hang_up, lifecycle):
            assert lifecycle.streams == 1
            await asyncio.sleep(5)
    assert lifecycle.streams == 0
    task = asyncio.current_task()
    assert task is not None and not task.cancelling()


async def test_one_that_has_left_already(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    hang_up.happen()
    with pytest.raises(ClientGone):
        async with Watched(hang_up, lifecycle):
            raise AssertionError("nobody is there")
    assert lifecycle.streams == 0


async def test_a_daemon_that_stops_and_a_client_that_leaves_meanwhile(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    async def work() -> None:
        async with Watched(hang_up, lifecycle):
            lifecycle.cut_all()
            hang_up.happen()
            await asyncio.sleep(5)

    with pytest.raises(Draining):
        await work()
    await asyncio.sleep(0)


async def test_who_leaves_after_the_end_cancels_nothing(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    async with Watched(hang_up, lifecycle):
        pass
    hang_up.happen()
    await asyncio.sleep(0)


async def test_a_cancellation_by_somebody_else_stays_one(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    async def work() -> None:
        async with Watched(hang_up, lifecycle):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert lifecycle.streams == 0
