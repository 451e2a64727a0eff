"""MCP's addresses: what they ask, and what is told to anybody."""

import io

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes.json_body import MOST_VALUES

_HEADERS = {
    "accept": "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": "2025-11-25",
}


def called(tool: str, arguments: str) -> dict[str, object]:
    """What a client sends to call it; `arguments` as JSON."""
    start = f'{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}","arguments":'
    return {"data": io.BytesIO(f"{start}{arguments}}}}}".encode()), "headers": _HEADERS}


async def test_what_a_program_has_to_bring_is_told_to_anybody(served: ServedDaemon) -> None:
    status, told = await served.over_http("GET", "/.well-known/oauth-protected-resource/v1/mcp")
    assert (status, told["resource"]) == (200, f"{served.http.url}/v1/mcp")
    assert "tools" in told["scopes_supported"]
    status, refused = await served.over_http("POST", "/v1/mcp", json={})
    assert (status, refused["error"]["code"]) == (401, "unauthenticated")


async def test_a_token_without_the_scope_is_refused(served: ServedDaemon) -> None:
    status, refused = await served.over_http("POST", "/v1/mcp", await served.token("inference"), json={})
    assert (status, refused["error"]["code"]) == (403, "forbidden")


async def test_arguments_that_nobody_can_write_down_are_refused_and_the_call_is_audited(served: ServedDaemon) -> None:
    # It can be read to a depth of 1,024, and written to one of 254.
    deep = f'{{"messages":[{{"role":"user","content":"hi"}}],"metadata":{{"a":{"[" * 400}{"]" * 400}}}}}'
    token = await served.token("tools", "tools:write")
    status, reply = await served.over_http("POST", "/v1/mcp", token, **called("session_save", deep))
    assert (status, reply["result"]["_meta"]["triforce/error"]["code"]) == (200, "invalid_arguments")
    _, written = await served.get("/v1/audit", kind="tool")
    assert [row["what"] for row in written["items"]] == ["called session_save invalid_arguments"]


async def test_a_message_of_too_many_values_is_not_read(served: ServedDaemon) -> None:
    many = f'{{"expression":[{"1," * MOST_VALUES}1]}}'
    status, reply = await served.over_http("POST", "/v1/mcp", await served.token("tools"), **called("calculate", many))
    assert (status, reply["error"]["code"]) == (413, "payload_too_large")
