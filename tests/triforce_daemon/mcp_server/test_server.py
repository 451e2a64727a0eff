"""The official client against the daemon, in both revisions: tools, resources, prompts, and what goes wrong."""

import asyncio
from typing import Any

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
    guests = {item["name"] for item in mine["items"] if item["tier"] == "guest" and item["effect"] == "read"}
    assert theirs == guests


@both
async def test_a_toolset_narrows_lists_and_calls_alike(served: ServedDaemon, revision: str) -> None:
    async with connected(served, await served.token("tools"), revision, "?toolset=utilities") as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["current_time", "calculate"]
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


@both
async def test_conversations_are_resources_of_their_owner(served: ServedDaemon, revision: str) -> None:
    done = (await served.turn("Hello?"))[-1]
    token = await served.token("tools", "sessions")
    async with connected(served, token, revision) as client:
        templates = [one.uri_template for one in (await client.list_resource_templates()).resource_templates]
        assert "triforce://sessions/{id}" in templates
        with pytest.raises(MCPError):
            await client.read_resource(f"triforce://sessions/{done['session']}")
        with pytest.raises(MCPError, match="no resource"):
            await client.read_resource("file:///etc/passwd")


@both
async def test_prompts_resources_and_completions_of_the_shelf(served: ServedDaemon, revision: str) -> None:
    mount_fixtures(served)
    async with connected(served, await served.token("tools"), revision) as client:
        names = [prompt.name for prompt in (await client.list_prompts()).prompts]
        assert "test_prompt_with_arguments" in names
        got = await client.get_prompt("test_prompt_with_arguments", {"arg1": "a", "arg2": "b"})
        assert "arg1='a'" in got.messages[0].content.text  # type: ignore[union-attr]
        with pytest.raises(MCPError, match="no prompt"):
            await client.get_prompt("nothing")
        read = await client.read_resource("test://static-text")
        assert read.contents[0].text.startswith("This is the content")  # type: ignore[union-attr]


async def test_a_session_is_its_openers_alone(served: ServedDaemon) -> None:
    mine, other = await served.token("tools"), await served.token("tools", name="other")
    opened = await _post(served, mine, {"method": "initialize", "params": _INITIALIZE})
    session = opened["headers"]["mcp-session-id"]
    listing = {"method": "tools/list", "params": {}}
    assert (await _post(served, mine, listing, session))["status"] == 200
    assert (await _post(served, other, listing, session))["status"] == 404
    assert (await _post(served, mine, listing, "0" * 32))["status"] == 404


async def test_a_stream_that_listens_ends_with_its_token_and_with_the_daemon(served: ServedDaemon) -> None:
    async def listen(name: str, token: str) -> bytes:
        opened = await _post(served, token, {"method": "initialize", "params": _INITIALIZE})
        headers = {**_HEADERS, "mcp-session-id": opened["headers"]["mcp-session-id"]}
        async with served.http_client(token) as http, http.get("/v1/mcp", headers=headers) as reply:
            open_.append(name)
            return await reply.read()

    open_: list[str] = []
    tokens = {name: await served.token("tools", name=name) for name in ("short", "long")}
    short, long = (asyncio.create_task(listen(name, token)) for name, token in tokens.items())
    while len(open_) < 2:
        await asyncio.sleep(0.01)
    await served.call("DELETE", "/v1/tokens/short")
    await asyncio.wait_for(short, 5)
    assert not long.done()
    served.lifecycle.request_stop()
    await asyncio.wait_for(long, 5)


async def test_what_a_program_has_to_bring_is_told_to_anybody(served: ServedDaemon) -> None:
    status, told = await served.over_http("GET", "/.well-known/oauth-protected-resource/v1/mcp")
    assert (status, told["resource"]) == (200, f"{served.http.url}/v1/mcp")
    assert "tools" in told["scopes_supported"]
    status, refused = await served.over_http("POST", "/v1/mcp", json={})
    assert (status, refused["error"]["code"]) == (401, "unauthenticated")


_HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}
_INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}


async def _post(served: ServedDaemon, token: str, message: dict[str, Any], session: str = "") -> dict[str, Any]:
    headers = dict(_HEADERS)
    headers |= {"mcp-session-id": session} if session else {}
    body = {"jsonrpc": "2.0", "id": 1, **message}
    async with served.http_client(token) as http, http.post("/v1/mcp", json=body, headers=headers) as reply:
        return {"status": reply.status, "headers": dict(reply.headers), "text": await reply.text()}
