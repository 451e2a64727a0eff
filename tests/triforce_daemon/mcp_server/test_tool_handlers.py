"""The official client lists and calls tools, in both revisions."""

import pytest
from mcp.shared.exceptions import MCPError

from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected, mount_fixtures
from tests.triforce_daemon.served_daemon import ServedDaemon

both = pytest.mark.parametrize("revision", REVISIONS)


@both
async def test_tools_are_listed_and_called(served: ServedDaemon, revision: str) -> None:
    async with connected(served, await served.token("tools"), revision) as client:
        listed = (await client.list_tools()).tools
        names = [tool.name for tool in listed]
        assert {"calculate", "whoami"} <= set(names)
        calculate = listed[names.index("calculate")]
        assert calculate.annotations and calculate.annotations.read_only_hint and calculate.output_schema
        result = await client.call_tool("calculate", {"expression": "6 * 7"})
        assert result.structured_content == {"value": "42", "steps": ["6 * 7 = 42"]} and not result.is_error
        failed = await client.call_tool("calculate", {"expression": "1", "digits": 3})
        assert failed.is_error and "There is no argument digits" in failed.content[0].text  # type: ignore[union-attr]
        assert failed.meta and failed.meta["triforce/error"]["code"] == "invalid_arguments"
        with pytest.raises(MCPError, match="Unknown tool"):
            await client.call_tool("calculat", {})


@both
async def test_a_caller_sees_what_he_may_call_and_nothing_else(served: ServedDaemon, revision: str) -> None:
    mount_fixtures(served)
    _, mine = await served.get("/v1/tools")
    anna = await served.user("anna", tier="guest")
    async with connected(served, anna["access_token"], revision) as client:
        theirs = {tool.name for tool in (await client.list_tools()).tools}
    guests = {
        item["name"] for item in mine["items"] if item["tier"] == "guest" and item["scope"] in ("tools", "inference")
    }
    assert theirs == guests


@both
async def test_a_toolset_narrows_lists_and_calls_alike(served: ServedDaemon, revision: str) -> None:
    async with connected(served, await served.token("tools"), revision, "?toolset=utilities") as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["current_time", "weather", "calculate"]
        with pytest.raises(MCPError, match="holds no tool whoami"):
            await client.call_tool("whoami", {})
    async with connected(served, await served.token("tools", name="b"), revision, "?toolset=nothing") as client:
        with pytest.raises(MCPError, match="no toolset"):
            await client.list_tools()


@both
async def test_progress_is_heard_in_order(served: ServedDaemon, revision: str) -> None:
    mount_fixtures(served)
    heard: list[float] = []

    async def progress(done: float, total: float | None, words: str | None) -> None:
        heard.append(done)

    async with connected(served, await served.token("tools"), revision) as client:
        await client.call_tool("test_tool_with_progress", {}, progress_callback=progress)
    assert heard == [0.0, 0.5, 1.0]
