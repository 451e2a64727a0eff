"""The log as resources, read by the official client."""

import json

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import ResourceTemplateReference

from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.services.logs.writing import line, write

REFERENCE = ResourceTemplateReference(uri="triforce://logs/{category}")


async def test_an_admin_reads_all_of_it_by_category(folder: str) -> None:
    async with serve(folder, log__file=f"{folder}/log") as served:
        write(folder, line("one"), line("two", unit="services.memory"), line("three", level="debug"))
        async with connected(served, await served.token("tools", "admin")) as client:
            listed = [str(one.uri) for one in (await client.list_resources()).resources]
            assert "triforce://logs/error" in listed and "triforce://logs/all" in listed
            read = (await client.read_resource("triforce://logs/all")).contents[0]
            assert read.mime_type == "application/x-ndjson"
            messages = [json.loads(one)["msg"] for one in read.text.splitlines()]  # type: ignore[union-attr]
            assert messages == ["one", "two"]
            memory = (await client.read_resource("triforce://logs/memory")).contents[0].text  # type: ignore[union-attr]
            assert json.loads(memory)["msg"] == "two"
            completion = (await client.complete(REFERENCE, {"name": "category", "value": "me"})).completion
            assert completion.values == ["memory"]
            with pytest.raises(MCPError, match="no resource"):
                await client.read_resource("triforce://logs/../all")


async def test_a_tier_that_does_not_hold_the_tool_does_not_hold_these(served: ServedDaemon) -> None:
    anna = (await served.user("anna"))["access_token"]
    async with connected(served, anna) as client:
        assert not [one for one in (await client.list_resources()).resources if "logs" in str(one.uri)]
        with pytest.raises(MCPError, match="no resource"):
            await client.read_resource("triforce://logs/all")
        assert (await client.complete(REFERENCE, {"name": "category", "value": ""})).completion.values == []


async def test_who_is_no_admin_reads_what_is_of_his_own_requests(folder: str) -> None:
    async with serve(folder, log__file=f"{folder}/log") as served:
        write(folder, line("of nobody"))
        anna = (await served.user("anna", tier="pro"))["access_token"]
        await served.over_http("GET", "/v1/config", anna)
        async with connected(served, anna) as client:
            text = (await client.read_resource("triforce://logs/all")).contents[0].text  # type: ignore[union-attr]
        assert {json.loads(one)["msg"] for one in text.splitlines()} == {"GET /v1/config"}
