"""The endpoints, each begun when somebody first asks for it."""

import pytest

from tests.triforce_daemon.mcp_client.small_server import SmallServer
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, until, up
from triforce_daemon.errors import NotFound
from triforce_daemon.mcp_server.desk import McpDesk


async def test_each_server_has_one_of_its_own(folder: str) -> None:
    small = SmallServer(folder).table()
    async with daemon(folder, first=small, second=small) as served:
        await until(served, "first", up)
        desk = served.parts.get(McpDesk)
        found = [await desk.endpoint(of) for of in (None, "first", "second", "first", None)]
        assert len({id(one) for one in found}) == 3 and found[1] is found[3] and found[0] is found[4]
        with pytest.raises(NotFound, match="No server of MCP is called third"):
            await desk.endpoint("third")
