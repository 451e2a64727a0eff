"""Servers of others, as npm installs them, mounted in a daemon: shut in, and called."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.npm_clients import folder_of
from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, until, up

pytestmark = [pytest.mark.agents, pytest.mark.timeout(300)]


def table(name: str, *args: str, **more: Any) -> dict[str, Any]:
    """The configuration of a server from npm."""
    installed = folder_of(name)
    program = str(installed / "node_modules" / ".bin" / name)
    return {"command": "node", "args": [os.path.realpath(program), *args], "read": [str(installed)], **more}


async def call(served: ServedDaemon, tool: str, **arguments: Any) -> dict[str, Any]:
    return (await served.post(f"/v1/tools/{tool}/run", {"arguments": arguments, "approved": True}))[1]


async def test_the_filesystem_server_reaches_its_folder_and_nothing_else(folder: str) -> None:
    docs = Path(folder, "docs")
    docs.mkdir()
    (docs / "a.txt").write_text("hello")
    settings = table("mcp-server-filesystem", str(docs), write=[str(docs)], confine="auto", start_seconds=60)
    async with daemon(folder, docs=settings) as served:
        await until(served, "docs", up)
        told = await call(served, "docs__read_text_file", path=str(docs / "a.txt"))
        assert told["ok"] and told["value"]["content"] == "hello"
        told = await call(served, "docs__write_file", path=str(docs / "b.txt"), content="new")
        assert told["ok"] and (docs / "b.txt").read_text() == "new"
        refused = await served.post("/v1/tools/docs__write_file/run", {"arguments": {"path": "x", "content": "y"}})
        assert refused[1]["error"]["code"] == "approval_needed"
        told = await call(served, "docs__read_text_file", path=served.places.database)
        assert not told["ok"]


async def test_the_everything_server_is_all_there(folder: str) -> None:
    settings = table("mcp-server-everything", confine="auto", start_seconds=60)
    async with daemon(folder, every=settings) as served:
        server = await until(served, "every", up)
        assert all(tool.state == "offered" for tool in server.tools)
        token = await served.token("tools:mounted")
        async with connected(served, token) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            assert "every__echo" in names and len(names) > 5
            assert (await client.list_prompts()).prompts and (await client.list_resources()).resources
        told = await call(served, "every__echo", message="hi")
        assert "hi" in str(told["content"])
