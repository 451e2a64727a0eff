"""What one caller is asked and told, and how much of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.triforce_daemon.services.mcp_servers.a_client import ACCEPTED, FORM, AClient
from triforce_daemon.errors import ToolUnavailable
from triforce_daemon.mcp_client.line import Unasked
from triforce_daemon.services.mcp_servers import caller_line
from triforce_daemon.services.mcp_servers.caller_line import CallerLine
from triforce_daemon.services.mcp_servers.turn import Turn
from triforce_daemon.toolbox.call import unheard


@asynccontextmanager
async def line_to(client: AClient | None, seconds: float = 5) -> AsyncIterator[CallerLine]:
    line, turn = CallerLine("s", client, unheard), Turn(5, asyncio.Semaphore(1))
    line.within(turn, seconds)
    async with turn.taken():
        yield line


async def test_he_is_asked_what_the_server_asks_with_its_name() -> None:
    client = AClient(ACCEPTED)
    async with line_to(client) as line:
        assert await line.ask("elicitation/create", FORM) == ACCEPTED
        assert client.asked[0][1]["message"] == "The server s asks: Name?"


@pytest.mark.parametrize("client", [None, AClient(ACCEPTED, at_once=False)])
async def test_who_cannot_be_asked_is_not(client: AClient | None) -> None:
    async with line_to(client) as line:
        with pytest.raises(Unasked, match="cannot be asked anything"):
            await line.ask("elicitation/create", FORM)


async def test_who_has_not_said_that_he_answers_it_is_not_asked() -> None:
    client = AClient(ACCEPTED, can={"sampling": {}})
    async with line_to(client) as line:
        assert line.capabilities == {"sampling": {}}
        with pytest.raises(Unasked, match="has not said"):
            await line.ask("elicitation/create", FORM)
    assert client.asked == []


async def test_a_server_that_asks_for_ever_is_answered_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_line, "MOST_QUESTIONS", 2)
    client = AClient(ACCEPTED)
    async with line_to(client) as line:
        for _ in range(2):
            await line.ask("elicitation/create", FORM)
        with pytest.raises(Unasked, match="2 times already"):
            await line.ask("elicitation/create", FORM)
    assert len(client.asked) == 2


async def test_an_answer_that_does_not_come_is_waited_for_so_long() -> None:
    async with line_to(AClient(), 0.01) as line:
        with pytest.raises(Unasked, match="Nobody has answered"):
            await line.ask("elicitation/create", FORM)
    async with line_to(AClient(ToolUnavailable("He is gone.", None))) as line:
        with pytest.raises(Unasked, match="He is gone"):
            await line.ask("elicitation/create", FORM)


async def test_when_his_call_is_over_nobody_waits_for_his_answer() -> None:
    client = AClient()
    async with line_to(client, 60) as line:
        asking = asyncio.create_task(line.ask("elicitation/create", FORM))
        while not client.asked:
            await asyncio.sleep(0)
        line.close()
        with pytest.raises(Unasked):
            await asyncio.wait_for(asking, 2)


async def test_what_is_logged_is_plain_bounded_and_in_its_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller_line, "MOST_LOGS", 4)
    client, said = AClient(), list[Any](["a\u200b", {"b\x1b[31m": ["c\u202e", 1]}, "x" * 70_000, "last", "too many"])
    async with line_to(client) as line:
        for data in said:
            asyncio.get_running_loop().create_task(line.log("info", data))
        await asyncio.sleep(0)
        await line.told()
    assert client.logged == [("info", "a", "s"), ("info", {"b": ["c", 1]}, "s"), ("info", "last", "s")]
