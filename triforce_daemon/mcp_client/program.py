"""A mounted server's program: started with what its settings name and nothing else, shut in where that works."""

import asyncio
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass

from triforce_daemon.children.confinement import SCRATCH, Grant
from triforce_daemon.children.process import Limits, Process
from triforce_daemon.children.sandbox import PROGRAMS, Sandbox
from triforce_daemon.children.watch import Shares, Watch
from triforce_daemon.errors import SandboxUnavailable
from triforce_daemon.mcp_server_settings import McpServer
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.tasks import Tasks

log = logging.getLogger(__name__)

_PROCESSES = 256
_LIMITS = Limits(open_files=4_096, file_bytes=4 << 30)
_SCRATCH_BYTES = 256 << 20
_LOOK_SECONDS = 1.0
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Program:
    process: Process
    confined: bool
    memory_bytes: int

    async def excess(self) -> str:
        """Returns what there is too much of, as soon as there is."""
        shares = Shares(_PROCESSES, self.memory_bytes, 0)
        watch = Watch(self.process.pid, shares, (), (SCRATCH,) if self.confined else ())
        while (found := await asyncio.to_thread(watch.excess)) is None:
            await asyncio.sleep(_LOOK_SECONDS)
        return found

    async def end(self) -> None:
        """First by closing its input, as the protocol has it."""
        await self.process.send(b"", end=True)
        await self.process.terminate(_GRACE_SECONDS)


class Programs:
    def __init__(self, sandbox: Sandbox, homes: str, tasks: Tasks) -> None:
        """`homes`: the folder in which each server has one of its own, which is its HOME."""
        self._sandbox = sandbox
        self._homes = homes
        self._tasks = tasks

    async def start(self, name: str, settings: McpServer, secret: str | None) -> Program:
        """Raises SandboxUnavailable, OSError where it cannot be started, ValueError for a folder that nobody gets."""
        home = os.path.join(self._homes, name)
        make_private(home)
        environ = {"PATH": PROGRAMS, "HOME": home, "LANG": "C.UTF-8", **variables(settings, secret)}
        confined = await self._confines(settings)
        start = self._confined if confined else self._free
        return Program(await start(settings, home, environ), confined, settings.memory_mb << 20)

    async def _confines(self, settings: McpServer) -> bool:
        if settings.confine == "never":
            return False
        found = await self._sandbox.availability()
        if settings.confine == "always" and not found.available:
            raise SandboxUnavailable(f"The server cannot be shut in: {found.reason}.", found.fix)
        return found.available

    async def _confined(self, settings: McpServer, home: str, environ: Mapping[str, str]) -> Process:
        grant = Grant((*settings.read, *_own_file(settings.command)), (home, *settings.write), settings.network)
        return await self._sandbox.start(
            [settings.command, *settings.args],
            grant=grant,
            limits=_LIMITS,
            processes=_PROCESSES,
            scratch_bytes=_SCRATCH_BYTES,
            folder=os.path.realpath(home),
            environ=environ,
        )

    async def _free(self, settings: McpServer, home: str, environ: Mapping[str, str]) -> Process:
        return await Process.start(
            [settings.command, *settings.args], environ=environ, tasks=self._tasks, folder=home, limits=_LIMITS
        )


def variables(settings: McpServer, secret: str | None) -> dict[str, str]:
    """What the settings put into its environment."""
    named = (text.partition("=") for text in settings.env)
    return {name: filled(value, secret) for name, _, value in named}


def filled(text: str, secret: str | None) -> str:
    """With the secret in its place."""
    return text.replace("{key}", secret or "")


def _own_file(command: str) -> list[str]:
    """The program itself, where it is none of the system's: to name it is to want it read."""
    return [command] if os.path.isabs(command) and os.path.isfile(command) else []
