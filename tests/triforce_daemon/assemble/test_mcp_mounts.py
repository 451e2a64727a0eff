"""What mounts servers is there, and costs nothing where none is mounted."""

import subprocess
import sys

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.services.mcp_servers.desk import McpServerDesk
from triforce_daemon.services.mcp_servers.mounts import McpMounts


async def test_without_servers_there_are_none(served: ServedDaemon) -> None:
    assert list(served.parts.get(McpMounts)) == []
    assert served.parts.get(McpServerDesk).all()["items"] == []
    assert (await served.get("/v1/mcp-servers"))[1]["items"] == []


def test_the_sdk_is_not_loaded_before_somebody_needs_it() -> None:
    script = "import sys, triforce_daemon.assemble.parts; sys.exit('mcp' in sys.modules or 'httpx2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
