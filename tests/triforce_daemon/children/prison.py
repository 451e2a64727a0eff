"""A daemon's folders, socket and ports with canaries in them, and code that tries to get at them from a sandbox."""

import os
import socket
import sys
import textwrap
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from triforce_daemon.children.confinement import Grant, Hidden
from triforce_daemon.children.sandbox import Bounds, Ran, Sandbox
from triforce_daemon.runtime.tasks import Tasks

CANARY = "canary-7f3a"


@dataclass(frozen=True, slots=True)
class Prison:
    """`home` is given to the code to write in; all that is the daemon's lies in it, which is as bad as it can get."""

    sandbox: Sandbox
    home: str
    outside: str
    port: int

    @property
    def state(self) -> str:
        return os.path.join(self.home, "state")

    @property
    def config(self) -> str:
        return os.path.join(self.home, "config")

    @property
    def socket(self) -> str:
        return os.path.join(self.state, "run", "triforced.sock")

    async def run(self, code: str, *, network: bool = False, **bounds: float) -> Ran:
        """Run Python; it knows the places by name."""
        names = {
            "HOME": self.home,
            "STATE": self.state,
            "CONFIG": self.config,
            "SOCKET": self.socket,
            "OUTSIDE": self.outside,
            "PORT": self.port,
            "DAEMON": os.getpid(),
            "CANARY": CANARY,
        }
        given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
        program = f"import os, socket, subprocess, sys\n{given}\n{textwrap.dedent(code)}"
        grant = Grant(read=(sys.base_prefix,), write=(self.home,), network=network)
        argv = [os.path.realpath(sys.executable), "-I", "-c", program]
        return await self.sandbox.run(argv, grant=grant, bounds=Bounds(**{"seconds": 10, **bounds}), folder=self.home)  # pyright: ignore[reportArgumentType] - the bounds are named by the tests


@asynccontextmanager
async def prison(folder: str) -> AsyncGenerator[Prison]:
    """Skips the test where nothing can be confined."""
    home, outside = os.path.join(folder, "given"), os.path.join(folder, "outside")
    for path in (outside, home, f"{home}/state", f"{home}/state/run"):
        os.mkdir(path)
    for path in (f"{home}/state/vault", f"{home}/state/triforce.db", f"{outside}/file"):
        with open(path, "w") as file:
            file.write(CANARY)
    tasks = Tasks()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(tasks.stop)
        bound: list[socket.socket] = []
        for family, address in (
            (socket.AF_UNIX, f"{home}/state/run/triforced.sock"),
            (socket.AF_UNIX, f"\0{home}"),
            (socket.AF_INET, ("127.0.0.1", 0)),
        ):
            listener = stack.enter_context(socket.socket(family))
            listener.bind(address)
            listener.listen()
            bound.append(listener)
        sandbox = Sandbox(tasks, Hidden((f"{home}/state", f"{home}/config"), (f"{outside}/file",)))
        found = await sandbox.availability()
        if not found.available:
            pytest.skip(f"no sandbox here: {found.reason}")
        yield Prison(sandbox, home, outside, bound[-1].getsockname()[1])
