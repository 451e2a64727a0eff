"""Pieces of code, run in the sandbox: off until the owner allows it."""

import os
import sys
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.children.confinement import Grant
from triforce_daemon.children.sandbox import Availability, Bounds, Ran, Sandbox
from triforce_daemon.toolbox.requirement import Missing

Language = Literal["python", "bash"]

_ALLOW = "The owner can: `triforce config set sandbox.enabled true`"


@dataclass(frozen=True, slots=True)
class CodeRun:
    code: str
    language: Language
    seconds: int
    memory_mb: int
    stdin: str = ""


class CodeRuns:
    """A requirement of the tools that run code."""

    def __init__(self, sandbox: Sandbox, *, enabled: bool) -> None:
        self._sandbox = sandbox
        self._enabled = enabled
        self._found = Availability(False, "it is not known yet whether code can be confined here")

    async def prepare(self) -> None:
        """Find out whether code can be confined, where it may be run at all."""
        if self._enabled:
            self._found = await self._sandbox.availability()

    def missing(self) -> Missing | None:
        if not self._enabled:
            return Missing("running code is switched off.", _ALLOW)
        return None if self._found.available else Missing(f"{self._found.reason}.", self._found.fix)

    async def run(self, run: CodeRun) -> Ran:
        """Run it without a network and without any folder. Raises SandboxUnavailable."""
        python = os.path.realpath(sys.executable)
        # The interpreter's own folder: it may lie anywhere.
        grant = Grant(read=(sys.base_prefix,)) if run.language == "python" else Grant()
        argv = [python, "-I", "-c", run.code] if run.language == "python" else ["bash", "--norc", "-c", run.code]
        memory = run.memory_mb << 20
        bounds = Bounds(seconds=run.seconds, cpu_seconds=run.seconds, memory_bytes=memory, address_bytes=2 * memory)
        return await self._sandbox.run(argv, grant=grant, bounds=bounds, text=run.stdin.encode(errors="replace"))
