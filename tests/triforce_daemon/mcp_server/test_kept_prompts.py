"""Kept prompts as prompts of MCP, used by the official client."""

import pytest
from mcp.shared.exceptions import MCPError

from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.mcp_server.kept_prompts import KeptPrompts
from triforce_daemon.services.prompts import Prompts


@pytest.mark.parametrize("revision", REVISIONS)
async def test_their_gaps_are_the_arguments(served: ServedDaemon, revision: str) -> None:
    token = await served.token("tools", "sessions")
    await served.over_http("PUT", "/v1/prompts/greet", token, json={"content": "Greet {{whom}} in {{tongue}}."})
    async with connected(served, token, revision) as client:
        (listed,) = (await client.list_prompts()).prompts
        assert listed.name == "greet" and [one.name for one in listed.arguments or ()] == ["whom", "tongue"]
        got = await client.get_prompt("greet", {"whom": "Anna {{tongue}}", "tongue": "German"})
        assert got.messages[0].role == "user"
        assert got.messages[0].content.text == "Greet Anna {{tongue}} in German."  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="needs: tongue"):
            await client.get_prompt("greet", {"whom": "Anna"})
        with pytest.raises(MCPError, match="no prompt"):
            await client.get_prompt("nothing")


async def test_others_have_none_and_who_may_not_has_none(served: ServedDaemon) -> None:
    await served.call("PUT", "/v1/prompts/greet", json={"content": "Hi"})
    async with connected(served, await served.token("tools")) as client:
        assert (await client.list_prompts()).prompts == []
        with pytest.raises(MCPError, match="no prompt"):
            await client.get_prompt("greet")
    closed = KeptPrompts(served.parts.get(Prompts), lambda _: False)
    owner = Caller("owner", "me")
    assert await closed.prompts(owner) == () and await closed.messages(owner, "greet", {}, None) is None
