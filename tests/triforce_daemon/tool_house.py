"""A daemon in which every tool has something to work on, and a program that calls them by MCP."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, get_args

import jsonschema
from mcp.client.client import Client
from mcp_types import CallToolResult

from tests.scriptable_upstream.script import Script, Text, Usage
from tests.triforce_daemon.hostile_repository import repository, write
from tests.triforce_daemon.mcp_server.connecting import connected
from tests.triforce_daemon.ollama_house import with_ollama
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.searching.known_answers import EVERYTHING
from tests.triforce_daemon.site import Site, site
from tests.triforce_daemon.web_house import PAGES
from tests.triforce_daemon.web_house import flags as web_flags
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.entry import Entry
from triforce_daemon.wire.tokens import Scope

#: All that a token of the owner may have.
SCOPES: tuple[Scope, ...] = tuple(scope for scope in get_args(Scope) if scope != "account")


@dataclass
class House:
    served: ServedDaemon
    client: Client
    project: str
    web: Site

    @property
    def entries(self) -> list[Entry]:
        """What a program may call that holds all scopes."""
        return [entry for entry in self.served.parts.get(Catalog) if not entry.declared.owners]

    @property
    def of_owner(self) -> list[Entry]:
        """What is for the owner alone, whoever else asks."""
        return [entry for entry in self.served.parts.get(Catalog) if entry.declared.owners]

    def says(self, number: int, text: str) -> str:
        """Have the provider's model of that number say this; its id."""
        name = self.served.provider.names[number]
        self.served.upstream.script(self.served.provider.prefix + name, Script((Text((text,)),), usage=Usage(3, 2)))
        return f"{self.served.provider.name}/{name}"

    async def call(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        """What comes of it; where somebody has to agree to it, the owner does."""
        result = await self.client.call_tool(tool, arguments)
        error = error_of(result)
        if error.get("code") == "approval_needed":
            status, answered = await self.served.post(f"/v1/approvals/{error['approval']}", {"verdict": "granted"})
            assert status == 200, answered
            result = await self.client.call_tool(tool, arguments)
        return result

    async def made(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What the tool returns."""
        result = await self.call(tool, arguments)
        assert not result.is_error and result.structured_content is not None, (tool, error_of(result))
        return result.structured_content

    async def job(self) -> str:
        """The id of one that runs until it is cancelled; it is the client's."""
        caller = Caller(kind="token", name="token/test", token="test")

        async def runs(told: JobRun) -> object:
            told.progress(0.5, "half of it")
            await asyncio.sleep(60)
            return None

        return (await self.served.parts.get(Jobs).start(caller, "test", "A test", runs))["id"]


def error_of(result: CallToolResult) -> dict[str, Any]:
    """Empty where there is none."""
    return (result.meta or {}).get("triforce/error", {})


def check_output(entry: Entry, result: CallToolResult) -> None:
    """Raises ValidationError where the result does not fit what the tool declares."""
    jsonschema.validate(result.structured_content, entry.signature.output_schema() or {})


@asynccontextmanager
async def house(folder: str) -> AsyncIterator[House]:
    project = repository(f"{folder}/project", {"a.py": "def area(x):\n    return x\n", "b.py": "area(1)\n"})
    write(project, {"a.py": "def area(x):\n    return 2 * x\n", "notes.md": "# Notes\n\nThe sky is blue.\n"})
    flags = {
        "workspaces__docs__folder": project,
        "workspaces__docs__callers": "token/test",
        "workspaces__docs__write": "true",
        "sandbox__enabled": "true",
        "shell__enabled": "true",
    }
    async with site({**EVERYTHING, **PAGES}) as web:
        flags |= {**web_flags(web), "web__allow": "127.0.0.1"}
        async with with_ollama(folder, **flags) as served, connected(served, await served.token(*SCOPES)) as client:
            yield House(served, client, os.path.realpath(project), web)
