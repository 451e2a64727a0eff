"""MCP's addresses: what they ask, and what is told to anybody."""

from tests.triforce_daemon.served_daemon import ServedDaemon


async def test_what_a_program_has_to_bring_is_told_to_anybody(served: ServedDaemon) -> None:
    status, told = await served.over_http("GET", "/.well-known/oauth-protected-resource/v1/mcp")
    assert (status, told["resource"]) == (200, f"{served.http.url}/v1/mcp")
    assert "tools" in told["scopes_supported"]
    status, refused = await served.over_http("POST", "/v1/mcp", json={})
    assert (status, refused["error"]["code"]) == (401, "unauthenticated")


async def test_a_token_without_the_scope_is_refused(served: ServedDaemon) -> None:
    status, refused = await served.over_http("POST", "/v1/mcp", await served.token("inference"), json={})
    assert (status, refused["error"]["code"]) == (403, "forbidden")
