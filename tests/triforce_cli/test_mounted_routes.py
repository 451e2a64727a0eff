"""Each method asks its route."""

import pytest

from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.daemon_client import DaemonClient

ASKED = [
    ("mcp_servers", (), "GET", "/v1/mcp-servers"),
    ("mcp_server", ("files",), "GET", "/v1/mcp-servers/files"),
    ("mcp_server_log", ("files",), "GET", "/v1/mcp-servers/files/log"),
    ("test_mcp_server", ("files",), "POST", "/v1/mcp-servers/files/test"),
    ("accept_mcp_tools", ("files", {"tools": {}}), "POST", "/v1/mcp-servers/files/accept"),
    ("tool_log", ("x", "ok"), "GET", "/v1/tools/log"),
]


@pytest.mark.parametrize(("name", "arguments", "method", "path"), ASKED, ids=[one[0] for one in ASKED])
def test_each_method_asks_its_route(
    fake_daemon: FakeDaemon, name: str, arguments: tuple[object, ...], method: str, path: str
) -> None:
    fake_daemon.answers(method, path, {"said": "yes"})
    assert getattr(DaemonClient.at(fake_daemon.socket), name)(*arguments) == {"said": "yes"}
    assert (fake_daemon.asked[-1].method, fake_daemon.asked[-1].path) == (method, path)
