"""The time and the place that a call has at a server."""

import asyncio

import pytest

from triforce_daemon.services.mcp_servers.turn import Turn


async def test_a_call_has_its_time() -> None:
    with pytest.raises(TimeoutError):
        async with Turn(0.01, asyncio.Semaphore(1)).taken():
            await asyncio.sleep(1)


async def test_while_its_caller_is_asked_others_have_its_place_and_its_time_stands_still() -> None:
    room = asyncio.Semaphore(1)
    turn = Turn(0.1, room)
    async with turn.taken():
        async with turn.paused(), turn.paused(), Turn(5, room).taken():
            await asyncio.sleep(0.15)
        assert room.locked(), "it has its place again"
    assert not room.locked()
    turn = Turn(0.1, room)
    with pytest.raises(TimeoutError):
        async with turn.taken():
            async with turn.paused():
                await asyncio.sleep(0.05)
            await asyncio.sleep(1)
    assert not room.locked()


async def test_a_call_that_is_over_gives_its_place_back_once() -> None:
    room = asyncio.Semaphore(1)
    turn = Turn(5, room)
    paused, over = asyncio.Event(), asyncio.Event()

    async def asking() -> None:
        async with turn.paused():
            paused.set()
            await over.wait()

    async with turn.taken():
        task = asyncio.create_task(asking())
        await paused.wait()
    over.set()
    await task
    async with turn.paused():
        pass
    await room.acquire()
    assert room.locked(), "there is one place, and not two"


async def test_who_leaves_while_a_call_waits_for_its_place_again_leaves_none_behind() -> None:
    room = asyncio.Semaphore(1)
    turn = Turn(5, room)
    answered = asyncio.Event()

    async def asking() -> None:
        async with turn.paused():
            await answered.wait()

    async with turn.taken():
        task = asyncio.create_task(asking())
        await asyncio.sleep(0)
        await room.acquire()
        answered.set()
        await asyncio.sleep(0)
    room.release()
    await task
    assert not room.locked()
