"""Work ends when its client leaves or the daemon stops, and for no other reason."""

import asyncio

import pytest

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.presence import Presence
from triforce_daemon.errors import Draining, Unauthenticated
from triforce_daemon.routes.watched import ClientGone, Watched
from triforce_daemon.runtime.hang_up import HangUp
from triforce_daemon.runtime.lifecycle import Lifecycle

PRESENCE = Presence()
ANNA = Caller(kind="user", name="user/anna", user="a1")


@pytest.fixture
def hang_up() -> HangUp:
    return HangUp()


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


async def test_a_client_that_leaves(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    asyncio.get_running_loop().call_later(0.01, hang_up.happen)
    with pytest.raises(ClientGone), Watched(hang_up, lifecycle, PRESENCE, ANNA):
        assert lifecycle.streams == 1
        await asyncio.sleep(5)
    assert lifecycle.streams == 0
    task = asyncio.current_task()
    assert task is not None and not task.cancelling()


async def test_one_that_has_left_already(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    hang_up.happen()
    with pytest.raises(ClientGone), Watched(hang_up, lifecycle, PRESENCE, ANNA):
        raise AssertionError("nobody is there")
    assert lifecycle.streams == 0


async def test_a_daemon_that_stops_and_a_client_that_leaves_meanwhile(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    async def work() -> None:
        with Watched(hang_up, lifecycle, PRESENCE, ANNA):
            lifecycle.cut_all()
            hang_up.happen()
            await asyncio.sleep(5)

    with pytest.raises(Draining):
        await work()
    await asyncio.sleep(0)


async def test_who_leaves_after_the_end_cancels_nothing(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    with Watched(hang_up, lifecycle, PRESENCE, ANNA):
        pass
    hang_up.happen()
    await asyncio.sleep(0)


async def test_a_cancellation_by_somebody_else_stays_one(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    async def work() -> None:
        with Watched(hang_up, lifecycle, PRESENCE, ANNA):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert lifecycle.streams == 0


async def test_who_may_not_ask_any_more_is_not_answered_any_more(hang_up: HangUp, lifecycle: Lifecycle) -> None:
    loop = asyncio.get_running_loop()
    loop.call_later(0.01, PRESENCE.end, lambda caller: caller.user == "b1")
    loop.call_later(0.02, PRESENCE.end, lambda caller: caller.user == "a1")
    began = loop.time()
    with pytest.raises(Unauthenticated, match="revoked"), Watched(hang_up, lifecycle, PRESENCE, ANNA):
        await asyncio.sleep(5)
    assert 0.015 < loop.time() - began < 4
    PRESENCE.end(lambda caller: True)
    await asyncio.sleep(0)
