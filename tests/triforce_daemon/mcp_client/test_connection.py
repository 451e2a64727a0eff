"""What a server answers, in words that the rest of the daemon knows."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.triforce_daemon.mcp_client.a_line import ACCEPTED, ALine
from tests.triforce_daemon.mcp_client.small_server import SmallServer, plain_tool, reaching
from triforce_daemon.errors import ToolFailed
from triforce_daemon.mcp_client import connection
from triforce_daemon.mcp_client.connection import Connection
from triforce_daemon.toolbox.content import Content


@pytest.fixture
def small(folder: str) -> SmallServer:
    return SmallServer(folder)


@asynccontextmanager
async def connected(small: SmallServer) -> AsyncIterator[Connection]:
    """Not as a fixture, whose end is another task's."""
    async with reaching(small.folder) as reach, reach("small", small.settings(), None, lambda _: None) as link:
        yield link.connection


async def test_values_blocks_and_failures(small: SmallServer) -> None:
    async with connected(small) as there:
        told = await there.call("echo", {"words": "ä"}, ALine())
        assert told.value == {"said": "ä"} and told.blocks == [{"type": "text", "text": "ä"}] and not told.failed
        told = await there.call("picture", {}, ALine())
        assert told.value is None and told.blocks == [{"type": "image", "data": "aGk=", "mimeType": "image/png"}]
        told = await there.call("fail", {}, ALine())
        assert told.failed and told.blocks[0]["text"] == "that did not work"


async def test_how_far_it_is_goes_on_and_is_never_said_to_be_at_its_end_by_itself(small: SmallServer) -> None:
    async with connected(small) as there:
        line = ALine()
        await there.call("steps", {}, line)
        assert line.heard == [(0.5, "step 1"), (1.0, "step 2"), (5 / 6, "step 5")]


async def test_who_stops_waiting_ends_it_there_as_well(small: SmallServer) -> None:
    async with connected(small) as there:
        waiting = asyncio.create_task(there.call("hang", {}, ALine()))
        await there.call("echo", {"words": "x"}, ALine())
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await there.call("echo", {"words": "x"}, ALine())
        assert small.cancelled


def answered(told: object) -> list[dict[str, object]]:
    assert isinstance(told, Content)
    return json.loads(told.blocks[0]["text"])


async def test_who_has_called_is_asked_and_told(small: SmallServer) -> None:
    async with connected(small) as there:
        line = ALine(ACCEPTED, elicitation={})
        assert answered(await there.call("ask", {}, line)) == [ACCEPTED]
        (method, params) = line.asked[0]
        assert method == "elicitation/create" and params["message"] == "Your \x1b[31mname?", (
            "it is the line that cleans"
        )
        await there.call("log", {}, line)
        assert line.logged == [("info", {"said": "\x1b[31mhi"})]


async def test_what_might_be_anothers_is_put_to_nobody(small: SmallServer) -> None:
    async with connected(small) as there:
        first, second = ALine(elicitation={}), ALine(ACCEPTED, elicitation={})
        waiting = asyncio.create_task(there.call("ask", {}, first))
        while not first.asked:
            await asyncio.sleep(0.005)
        (told,) = answered(await there.call("ask", {}, second))
        assert told == {"error": "Nobody can tell which call it belongs to."} and second.asked == []
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        (told,) = answered(await there.call("ask", {}, second))
        assert "error" in told and second.asked == [], "the server may still be at the other call"


async def test_an_answer_that_is_none(small: SmallServer) -> None:
    async with connected(small) as there:
        with pytest.raises(ToolFailed, match="what is no answer"):
            await there.call("nonsense", {}, ALine())


async def test_an_answer_has_a_largest_size(small: SmallServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(small) as there:
        monkeypatch.setattr(connection, "MOST_BYTES", 100)
        with pytest.raises(ToolFailed, match="more than 100 bytes"):
            await there.call("echo", {"words": "x" * 100}, ALine())


async def test_it_says_when_its_tools_have_changed(small: SmallServer) -> None:
    async with connected(small) as there:
        assert len(await there.tools()) > 1 and not there.changed.is_set()
        small.say([plain_tool("other")])
        await there.call("tell", {}, ALine())
        await asyncio.wait_for(there.changed.wait(), 5)
        assert [tool["name"] for tool in await there.tools()] == ["other"]


async def test_who_talks_too_much_of_how_far_it_is_is_not_listened_to(
    small: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "MOST_PROGRESS", 1)
    line = ALine()
    async with connected(small) as there:
        await there.call("steps", {}, line)
    assert line.heard == [(0.5, "step 1")]


async def test_errors_of_the_protocol_are_plain_words(small: SmallServer) -> None:
    async with connected(small) as there:
        with pytest.raises(ToolFailed, match=r"^The server small says: There is no ping$"):
            await there._told(there._client.session.send_ping())
