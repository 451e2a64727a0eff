"""`triforce mcp` as desktop programs start it: the official client at its pipes, in both revisions."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from tests.end_to_end.processes import Daemon, running
from tests.triforce_cli.conftest import SCRIPT
from tests.triforce_daemon.mcp_server.connecting import REVISIONS


@pytest.fixture
def daemon(home: dict[str, str]) -> Iterator[Daemon]:
    with running(home) as daemon:
        yield daemon


def started(environ: dict[str, str], *words: str) -> StdioServerParameters:
    return StdioServerParameters(command=str(SCRIPT), args=["mcp", *words], env={**environ, "PATH": os.environ["PATH"]})


@pytest.mark.parametrize("revision", REVISIONS)
async def test_tools_are_found_and_called(daemon: Daemon, revision: Any) -> None:
    async with Client(started(daemon.environ), mode=revision) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == {
            "tools_index", "tool_lookup", "whoami", "tool_call",
        }  # fmt: skip
        who = (await client.call_tool("whoami", {})).structured_content
        assert who and who["role"] == "user" and who["caller"].startswith("token/mcp-")
        meant = {"name": "calculate", "arguments": {"expression": "6*7"}}
        result = await client.call_tool("tool_call", meant)
        assert result.structured_content and result.structured_content["value"] == "42"
        refused = await client.call_tool("tool_call", {"name": "session_delete", "arguments": {"session_id": "x"}})
        assert refused.is_error and "scope" in refused.content[0].text  # type: ignore[union-attr]


async def test_its_token_ends_with_it(daemon: Daemon) -> None:
    async with Client(started(daemon.environ, "--toolset", "utilities"), mode="legacy") as client:
        await client.list_tools()
        tokens = daemon.call("GET", "/v1/tokens")[1]["items"]
        assert [one["name"].startswith("mcp-") for one in tokens] == [True]
    assert daemon.call("GET", "/v1/tokens")[1]["items"] == []


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_daemon_that_is_killed_and_started_again_is_found_again(daemon: Daemon, revision: Any) -> None:
    """Row 28, of the programs that hold on to a daemon for days."""
    async with Client(started(daemon.environ), mode=revision) as client:
        before = (await client.call_tool("whoami", {})).structured_content
        daemon.kill()
        with pytest.raises(MCPError, match="not running"):
            await client.call_tool("whoami", {})
        await asyncio.to_thread(daemon.start)
        after = await client.call_tool("whoami", {})
        assert not after.is_error
        assert after.structured_content and before
        assert after.structured_content["caller"] == before["caller"]
