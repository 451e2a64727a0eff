"""A call that goes on while its caller is away to answer something."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.triforce_daemon.services.mcp_servers.a_client import ACCEPTED, FORM, AClient
from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client.needed import Needed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.mcp_servers.caller_line import CallerLine
from triforce_daemon.services.mcp_servers.parked_call import ParkedCall
from triforce_daemon.services.mcp_servers.turn import Turn
from triforce_daemon.toolbox.call import unheard


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    running = Tasks()
    yield running
    await running.stop()


def parked() -> ParkedCall[Any]:
    made = ParkedCall[Any](CallerLine("s", AClient(at_once=False), unheard))
    made.line.within(Turn(5, asyncio.Semaphore(1)), 5)
    return made


async def test_both_questions_are_told_and_what_is_not_answered_is_told_again(tasks: Tasks) -> None:
    call = parked()

    async def work() -> list[Any]:
        asked = (call.line.ask("elicitation/create", FORM), call.line.ask("roots/list", {}))
        return list(await asyncio.gather(*asked))

    call.begin(work(), tasks, "work")
    first = await call.outcome()
    # The second may only have been asked after the first was told.
    await asyncio.sleep(0.01)
    assert isinstance(first, Needed) and "question-1" in first.requests
    assert first.requests["question-1"]["method"] == "elicitation/create"
    call.answer({"question-1": ACCEPTED, "question-9": {}})
    second = await call.outcome()
    assert isinstance(second, Needed) and list(second.requests) == ["question-2"]
    call.answer({"question-2": {"roots": []}})
    assert await call.outcome() == [ACCEPTED, {"roots": []}]


async def test_its_failure_is_told_to_whoever_comes_back_and_to_nobody_else(tasks: Tasks, caplog: Any) -> None:
    call = parked()

    async def work() -> None:
        raise ToolFailed("no", None)

    call.begin(work(), tasks, "work")
    await asyncio.sleep(0.01)
    assert "task failed" not in caplog.text
    with pytest.raises(ToolFailed, match="no"):
        await call.outcome()


async def test_a_caller_who_hangs_up_ends_it(tasks: Tasks) -> None:
    call, ended = parked(), asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    call.begin(work(), tasks, "work")
    waiting = asyncio.create_task(call.outcome())
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait_for(ended.wait(), 2)
    with pytest.raises(ToolFailed, match="was ended"):
        await call.outcome()
