"""The endpoints, each begun when somebody first asks for it."""

import asyncio

import pytest
from mcp.client.subscriptions import PromptsListChanged, ResourcesListChanged, ToolsListChanged

from tests.triforce_daemon.mcp_client.small_server import TOOLS, SmallServer
from tests.triforce_daemon.mcp_server.connecting import connected, mount_fixtures
from tests.triforce_daemon.served_daemon import serve
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, until, up
from triforce_daemon.errors import NotFound
from triforce_daemon.mcp_server.desk import McpDesk
from triforce_daemon.toolbox.catalog import Catalog


async def test_each_server_has_one_of_its_own(folder: str) -> None:
    small = SmallServer(folder).table()
    async with daemon(folder, first=small, second=small) as served:
        await until(served, "first", up)
        desk = served.parts.get(McpDesk)
        found = [await desk.endpoint(of) for of in (None, "first", "second", "first", None)]
        assert len({id(one) for one in found}) == 3 and found[1] is found[3] and found[0] is found[4]
        with pytest.raises(NotFound, match="No server of MCP is called third"):
            await desk.endpoint("third")


@pytest.mark.parametrize("query", ["", "/servers/small"])
async def test_who_listens_hears_that_a_server_offers_something_else(folder: str, query: str) -> None:
    small = SmallServer(folder)
    async with daemon(folder, small=small.table()) as served:
        server = await until(served, "small", up)
        wanted = {"tools_list_changed": True, "prompts_list_changed": True, "resources_list_changed": True}
        async with (
            connected(served, await served.token("tools:mounted"), query=query) as client,
            client.listen(**wanted) as events,
        ):
            small.say(TOOLS[1:])
            await server.look()
            async with asyncio.timeout(5):
                heard = {type(await anext(events)) for _ in range(3)}
    assert heard == {ToolsListChanged, PromptsListChanged, ResourcesListChanged}


async def test_a_server_of_the_newest_revision_is_listened_to(folder: str) -> None:
    async with serve(folder + "/.up") as upstream:
        mount_fixtures(upstream)
        header = f"Authorization: Bearer {await upstream.token('tools')}"
        async with daemon(folder, small={"url": f"{upstream.http.url}/v1/mcp", "headers": [header]}) as served:
            await until(served, "small", up)
            gone = upstream.parts.get(Catalog)
            gone.remove_server("triforce")
            # Its list is looked at anew when it says so, and not only after some minutes.
            await asyncio.sleep(0.3)
            upstream.parts.get(McpDesk).changed()
            await until(served, "small", lambda server: all(tool.state == "gone" for tool in server.tools))
