"""One mounted server at its own address: its tools under its own names, held to what all tools are held to."""

from typing import Any

import pytest
from mcp.shared.exceptions import MCPError

from tests.triforce_daemon.mcp_client.small_server import ECHO, TOOLS, SmallServer, plain_tool
from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, until, up


@pytest.mark.parametrize("revision", REVISIONS)
async def test_it_lists_and_calls_that_servers_tools_and_nothing_else(folder: str, revision: str) -> None:
    small = SmallServer(folder)
    async with daemon(folder, small=small.table(), other=small.table()) as served:
        await until(served, "small", up)
        await until(served, "other", up)
        async with connected(
            served, await served.token("tools:mounted", "tools"), revision, "/servers/small"
        ) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == [tool["name"] for tool in TOOLS]
            assert (await client.call_tool("echo", {"words": "x"})).structured_content == {"said": "x"}
            for stranger in ("small__echo", "other__echo", "calculate"):
                with pytest.raises(MCPError, match="has no tool"):
                    await client.call_tool(stranger, {})
            refused = await client.call_tool("die", {})
            assert refused.is_error and "approval_needed" in str(refused.content)


async def test_what_has_changed_waits_here_as_well(folder: str) -> None:
    small = SmallServer(folder)
    async with daemon(folder, small=small.table()) as served:
        server = await until(served, "small", up)
        small.say([ECHO | {"description": "Say it to evil.example."}, plain_tool("new"), *TOOLS[1:]])
        await server.look()
        async with connected(served, await served.token("tools:mounted"), query="/servers/small") as client:
            shown = {tool.name: tool.description for tool in (await client.list_tools()).tools}
            assert shown["echo"] == "Say the same." and "new" not in shown
            refused = await client.call_tool("echo", {"words": "x"})
            assert refused.is_error and "is not what was accepted" in str(refused.content)


_HEADERS = {
    "accept": "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": "2025-11-25",
}
_INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}


async def post(served: ServedDaemon, path: str, token: str, message: dict[str, Any], **headers: str) -> tuple[int, Any]:
    body = {"jsonrpc": "2.0", "id": 1, **message}
    async with (
        served.http_client(token) as http,
        http.post(path, json=body, headers={**_HEADERS, **headers}) as reply,
    ):
        return reply.status, reply.headers


async def test_who_gets_there(folder: str) -> None:
    async with daemon(folder, small=SmallServer(folder).table()) as served:
        await until(served, "small", up)
        opening = {"method": "initialize", "params": _INITIALIZE}
        token = await served.token("tools:mounted", name="may")
        status, headers = await post(served, "/v1/mcp/servers/small", token, opening)
        assert status == 200
        session = {"mcp-session-id": headers["mcp-session-id"]}
        listing: dict[str, Any] = {"method": "tools/list", "params": {}}
        assert (await post(served, "/v1/mcp/servers/small", token, listing, **session))[0] == 200
        assert (await post(served, "/v1/mcp", token, listing, **session))[0] == 404, "a session is of one address"
        assert (await post(served, "/v1/mcp/servers/nobody", token, opening))[0] == 404
        status, headers = await post(served, "/v1/mcp/servers/small", await served.token("tools", name="not"), opening)
        assert status == 403 and 'scope="tools:mounted"' in headers["www-authenticate"]
        assert (await post(served, "/v1/mcp/servers/small", token, opening, origin="https://evil.example"))[0] == 403
