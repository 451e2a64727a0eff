"""Entries of memory as resources, read by the official client."""

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import ResourceTemplateReference

from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.served_daemon import ServedDaemon

REFERENCE = ResourceTemplateReference(uri="triforce://memory/{id}")


@pytest.mark.parametrize("revision", REVISIONS)
async def test_ones_own_are_listed_read_and_completed(served: ServedDaemon, revision: str) -> None:
    token = await served.token("tools", "memory")
    new = {"content": "Water is wet, and " + "x" * 80, "tags": ["a", "b"]}
    _, kept = await served.over_http("POST", "/v1/memory", token, json=new)
    async with connected(served, token, revision) as client:
        (one,) = [
            one for one in (await client.list_resources()).resources if str(one.uri).startswith("triforce://memory/")
        ]
        assert one.name.startswith("Water is wet") and len(one.name) == 60 and one.description == "fact"
        text = (await client.read_resource(str(one.uri))).contents[0].text  # type: ignore[union-attr]
        assert text.startswith("# fact\n\nWater is wet") and "- tags: a, b" in text and "project" not in text
        begun = {"name": "id", "value": kept["id"][:4]}
        assert (await client.complete(REFERENCE, begun)).completion.values == [kept["id"]]
        with pytest.raises(MCPError, match="no entry"):
            await client.read_resource("triforce://memory/nothing")


async def test_others_and_who_lacks_the_scope_find_nothing(served: ServedDaemon) -> None:
    _, kept = await served.post("/v1/memory", {"content": "the owner's"})
    uri = f"triforce://memory/{kept['id']}"
    async with connected(served, await served.token("tools", "memory")) as client:
        with pytest.raises(MCPError, match="no entry"):
            await client.read_resource(uri)
    async with connected(served, await served.token("tools", name="narrow")) as client:
        with pytest.raises(MCPError, match="no resource"):
            await client.read_resource(uri)
        assert (await client.complete(REFERENCE, {"name": "id", "value": ""})).completion.values == []
