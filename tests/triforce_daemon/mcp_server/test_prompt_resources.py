"""Kept prompts as resources, read by the official client."""

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import ResourceTemplateReference

from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.served_daemon import ServedDaemon

REFERENCE = ResourceTemplateReference(uri="triforce://prompts/{name}")


async def test_ones_own_are_listed_read_and_their_names_completed(served: ServedDaemon) -> None:
    token = await served.token("tools", "sessions")
    for name in ("greet", "grade", "other"):
        await served.over_http("PUT", f"/v1/prompts/{name}", token, json={"content": "Hi {{you}}", "tags": ["t"]})
    async with connected(served, token) as client:
        found = {str(one.uri): one for one in (await client.list_resources()).resources}
        assert found["triforce://prompts/greet"].description == "Version 1; t"
        read = (await client.read_resource("triforce://prompts/greet")).contents[0]
        assert read.text == "Hi {{you}}" and read.mime_type == "text/plain"  # type: ignore[union-attr]
        completion = (await client.complete(REFERENCE, {"name": "name", "value": "gr"})).completion
        assert completion.values == ["grade", "greet"]
        with pytest.raises(MCPError, match="no prompt"):
            await client.read_resource("triforce://prompts/nothing")
    async with connected(served, await served.token("tools", name="another")) as client:
        assert (await client.complete(REFERENCE, {"name": "name", "value": ""})).completion.values == []
