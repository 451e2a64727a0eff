"""The small server of `stdio_server`, with what it says of its tools in a file that a test may change."""

import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.mcp_client.connecting import Reaching
from triforce_daemon.mcp_client.program import Programs
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.runtime.tasks import Tasks

PROGRAM = str(Path(__file__).with_name("stdio_server.py"))
PYTHON = os.path.realpath(sys.executable)

_READ = {"readOnlyHint": True}
_WORDS = {"type": "object", "properties": {"words": {"type": "string"}}, "required": ["words"]}
ECHO: dict[str, Any] = {
    "name": "echo",
    "description": "Say the same.",
    "inputSchema": _WORDS,
    "outputSchema": {"type": "object", "properties": {"said": {"type": "string"}}, "required": ["said"]},
    "annotations": _READ,
}


def plain_tool(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": f"Do {name}.", "inputSchema": {"type": "object"}, **more}


READING = [
    plain_tool(name, annotations=_READ) for name in ("picture", "fail", "steps", "tell", "reach", "hang", "ask", "log")
]
#: Says nothing of what it does.
WRITING = [
    plain_tool("die"),
    plain_tool("promise", outputSchema={"type": "object"}),
    plain_tool("eat", annotations={"destructiveHint": False}),
]
TOOLS: Sequence[dict[str, Any]] = (ECHO, *READING, *WRITING)


class SmallServer:
    """Its file, and the settings that mount it."""

    def __init__(self, folder: str, tools: Sequence[dict[str, Any]] = TOOLS) -> None:
        self.file = os.path.join(folder, "tools.json")
        self.folder = folder
        self.say(tools)

    def say(self, tools: Sequence[dict[str, Any]]) -> None:
        """This is what it says of its tools from now on."""
        # Not in place: the server may read it at any time.
        Path(self.file + ".new").write_text(json.dumps(list(tools)), encoding="utf-8")
        os.replace(self.file + ".new", self.file)

    @property
    def cancelled(self) -> bool:
        return os.path.exists(self.file + ".cancelled")

    def settings(self, **more: Any) -> McpServer:
        # Where it is not shut in it starts much faster.
        return McpServer.model_validate({"confine": "never", **self.table(), **more})

    def table(self) -> dict[str, Any]:
        """What stands in the configuration."""
        read = [os.path.realpath(sys.base_prefix), os.path.dirname(PROGRAM), self.folder]
        return {"command": PYTHON, "args": ["-I", "-S", PROGRAM, self.file], "read": read}


@asynccontextmanager
async def reaching(folder: str, hidden: Hidden | None = None) -> AsyncIterator[Reaching]:
    tasks, outbound = Tasks(), Outbound({})
    programs = Programs(Sandbox(tasks, hidden or Hidden()), os.path.join(folder, "homes"), tasks)
    try:
        yield Reaching(programs, outbound, tasks)
    finally:
        await tasks.stop()
        await outbound.close()
