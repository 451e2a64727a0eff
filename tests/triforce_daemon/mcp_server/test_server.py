"""What the server says of itself, and that older clients are not turned away."""

import pytest

from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.wire.constants import VERSION


@pytest.mark.filterwarnings("ignore::mcp.shared.exceptions.MCPDeprecationWarning")
async def test_what_it_says_of_itself(served: ServedDaemon) -> None:
    async with connected(served, await served.token("tools"), "legacy") as client:
        server = client.session.server_info
        assert server and (server.name, server.version) == ("triforce", VERSION)
        assert "tools_index" in (client.session.instructions or "")
        await client.set_logging_level("info")
        await client.subscribe_resource("triforce://sessions/a")
        await client.unsubscribe_resource("triforce://sessions/a")
