"""Sessions of MCP belong to who opened them; streams end when they have to."""

import asyncio
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.sse import sse_client

from tests.triforce_daemon.served_daemon import ServedDaemon


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


async def test_the_oldest_revision_has_its_own_address(served: ServedDaemon) -> None:
    headers = {"authorization": f"Bearer {await served.token('tools')}"}
    async with Client(sse_client(f"{served.http.url}/v1/mcp/sse", headers=headers), mode="legacy") as client:
        assert (await client.call_tool("calculate", {"expression": "1+1"})).structured_content
        async with httpx2.AsyncClient(headers=headers) as http:
            foreign = await http.post(f"{served.http.url}/v1/mcp/messages?session_id={'0' * 32}", json={})
            assert foreign.status_code == 404


_HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}
_INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}


async def _post(served: ServedDaemon, token: str, message: dict[str, Any], session: str = "") -> dict[str, Any]:
    headers = dict(_HEADERS)
    headers |= {"mcp-session-id": session} if session else {}
    body = {"jsonrpc": "2.0", "id": 1, **message}
    async with served.http_client(token) as http, http.post("/v1/mcp", json=body, headers=headers) as reply:
        return {"status": reply.status, "headers": dict(reply.headers), "text": await reply.text()}
