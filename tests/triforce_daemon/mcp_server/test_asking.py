"""A tool asks the program at the other end: over the open connection, or by having the call sent once more."""

from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import CreateMessageResult, ElicitResult, ListRootsResult, TextContent

from tests.triforce_daemon.mcp_server.connecting import connected, mount_fixtures
from tests.triforce_daemon.served_daemon import ServedDaemon


async def elicit(context: Any, params: Any) -> ElicitResult:
    return ElicitResult(action="accept", content={"name": "Anna", "response": "yes", "color": "red", "ok": True})


async def sample(context: Any, params: Any) -> CreateMessageResult:
    return CreateMessageResult(role="assistant", content=TextContent(type="text", text="Paris"), model="m")


async def roots(context: Any) -> ListRootsResult:
    return ListRootsResult(roots=[])


async def text_of(client: Any, tool: str, **arguments: object) -> str:
    return (await client.call_tool(tool, arguments)).content[0].text


async def test_over_the_open_connection(served: ServedDaemon) -> None:
    mount_fixtures(served)
    told: list[object] = []

    async def log(params: Any) -> None:
        told.append(params.data)

    options: dict[str, Any] = {"elicitation_callback": elicit, "sampling_callback": sample, "logging_callback": log}
    async with connected(served, await served.token("tools"), "legacy", **options) as client:
        assert '"response": "yes"' in await text_of(client, "test_elicitation", message="Really?")
        assert await text_of(client, "test_sampling", prompt="Capital?") == "LLM response: Paris"
        await client.call_tool("test_tool_with_logging", {})
    assert told == ["Tool execution started", "Tool processing data", "Tool execution completed"]


async def test_by_having_the_call_sent_once_more(served: ServedDaemon) -> None:
    mount_fixtures(served)
    options: dict[str, Any] = {
        "elicitation_callback": elicit,
        "sampling_callback": sample,
        "list_roots_callback": roots,
    }
    async with connected(served, await served.token("tools"), "2026-07-28", **options) as client:
        assert await text_of(client, "test_input_required_result_elicitation") == "Hello, Anna!"
        assert await text_of(client, "test_input_required_result_multi_round") == "Anna likes red."
        assert await text_of(client, "test_input_required_result_multiple_inputs") == "All inputs received."


async def test_a_client_that_cannot_be_asked(served: ServedDaemon) -> None:
    mount_fixtures(served)
    async with connected(served, await served.token("tools"), "2026-07-28") as client:
        with pytest.raises(MCPError, match="capability sampling"):
            await client.call_tool("test_missing_capability", {})
        assert (await client.call_tool("test_sampling", {"prompt": "x"})).is_error
