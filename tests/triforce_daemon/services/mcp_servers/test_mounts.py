"""All servers of a configuration, in the daemon that mounts them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.triforce_daemon.mcp_client.small_server import TOOLS, SmallServer
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.services.mcp_servers.mounted_server import MountedServer
from triforce_daemon.services.mcp_servers.mounts import McpMounts
from triforce_daemon.toolbox.catalog import Catalog


def tables(**servers: dict[str, Any]) -> str:
    """The configuration with these servers, in their order."""
    lines: list[str] = []
    for name, table in servers.items():
        lines.append(f"[mcp_servers.{name}]")
        # JSON's words for texts, numbers and lists of them are TOML's as well.
        lines += [f"{key} = {json.dumps(value)}" for key, value in ({"confine": "never"} | table).items()]
    return "\n".join(lines)


@asynccontextmanager
async def daemon(folder: str, **servers: dict[str, Any]) -> AsyncIterator[ServedDaemon]:
    Path(folder, "config.toml").write_text(tables(**servers))
    async with serve(folder) as served:
        yield served


async def until(served: ServedDaemon, name: str, right: Callable[[MountedServer], bool]) -> MountedServer:
    async with asyncio.timeout(20):
        while not right(served.parts.get(McpMounts).find(name)):
            await asyncio.sleep(0.01)
    return served.parts.get(McpMounts).find(name)


def up(server: MountedServer) -> bool:
    return server.state == "up"


def mounted(served: ServedDaemon) -> list[str]:
    return [entry.name for entry in served.parts.get(Catalog) if entry.server != "triforce"]


async def test_they_stand_by_their_names_and_a_reload_changes_what_is_changed(folder: str) -> None:
    small = SmallServer(folder)
    table = {**small.table(), "tools": ["echo"]}
    async with daemon(folder, second=table, first=table) as served:
        kept = await until(served, "second", up)
        gone = await until(served, "first", up)
        assert mounted(served) == ["first__echo", "second__echo"]
        assert gone.link is not None and kept.link is not None
        text = tables(third=table, second=table, off={**table, "enabled": False}, code=table)
        Path(folder, "config.toml").write_text(text)
        assert (await served.post("/v1/daemon/reload"))[0] == 200
        await until(served, "third", up)
        await until(served, "code", up)
        assert mounted(served) == ["code__echo", "second__echo", "third__echo"]
        _, listed = await served.get("/v1/tools", toolset="mcp-code,third")
        assert [item["name"] for item in listed["items"]] == ["code__echo", "third__echo"]
        assert served.parts.get(McpMounts).find("second") is kept and kept.state == "up"
        async with asyncio.timeout(10):
            while psutil.pid_exists(gone.link.pid or 0):
                await asyncio.sleep(0.01)
        states = {server.name: server.state for server in served.parts.get(McpMounts)}
        assert states == {"code": "up", "off": "off", "second": "up", "third": "up"}
        pids = [server.link.pid for server in served.parts.get(McpMounts) if server.link]
    assert not any(psutil.pid_exists(pid or 0) for pid in pids), "nobody stays behind"


async def test_a_secret_is_kept_as_every_key_is(folder: str) -> None:
    small = SmallServer(folder)
    table = {**small.table(), "key": "mine", "env": ["TOKEN={key}"]}
    async with daemon(folder, small=table) as served:
        found = served.parts.get(McpMounts)
        assert found.secret(found.find("small").settings) is None
        status, told = await served.call("PUT", "/v1/keys/mine", json={"name": "main", "secret": "s3cret-and-long"})
        assert status == 200, told
        assert found.secret(found.find("small").settings) == "s3cret-and-long"
        _, tested = await served.post("/v1/keys/test", {})
        assert [item for item in tested["items"] if item["provider"] == "mine"] == [], "no provider has failed"
        _, tested = await served.post("/v1/keys/test", {"providers": ["mine"]})
        assert "is no provider" in tested["items"][0]["reason"]
        await until(served, "small", up)
        _, told = await served.post("/v1/tools/small__reach/run", {"arguments": {}})
        assert told["value"]["environ"]["TOKEN"] == "s3cret-and-long", "it was started anew with its secret"


async def test_whatever_a_server_does_the_daemon_answers(folder: str) -> None:
    hanging = {"command": "sleep", "args": ["60"]}
    async with daemon(folder, hanging=hanging, wrong={"command": "/nowhere/x"}) as served:
        assert (await served.get("/v1/tools"))[0] == 200
        await until(served, "wrong", lambda server: server.state == "down")
        assert served.parts.get(McpMounts).find("hanging").state == "starting"
        _, status = await served.get("/v1/status")
        assert [line["message"] for line in status["health"] if line["code"] == "mcp.wrong"] == [
            "The server wrong is down."
        ]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("key", ["mcp_servers.small.command", "mcp_servers.new.url", "mcp_servers.small"])
async def test_no_request_says_what_is_started(served: ServedDaemon, method: str, key: str) -> None:
    body = {"json": {"value": "/bin/sh"}} if method == "PUT" else {}
    status, told = await served.call(method, f"/v1/config/{key}", **body)
    assert (status, told["error"]["code"]) == (403, "forbidden")
    assert list(served.parts.get(McpMounts)) == []


async def test_no_route_takes_a_command(served: ServedDaemon) -> None:
    sent = {"command": "/bin/sh", "args": ["-c", "x"], "env": ["A=b"], "url": "http://127.0.0.1:1"}
    for path in ("/v1/mcp-servers", "/v1/mcp-servers/x/test", "/v1/mcp-servers/x/accept"):
        status, _ = await served.post(path, sent)
        assert status in (400, 404, 405)
    assert list(served.parts.get(McpMounts)) == [] and len(TOOLS) > 1
