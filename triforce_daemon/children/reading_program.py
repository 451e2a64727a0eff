"""A program of ours that reads what strangers wrote: in the sandbox where there is one, and within bounds anywhere."""

import asyncio
import os
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from triforce_daemon.children import command
from triforce_daemon.children.confinement import Grant
from triforce_daemon.children.process import Limits
from triforce_daemon.children.sandbox import Bounds, Sandbox
from triforce_daemon.runtime.tasks import Tasks

#: Each takes a core, and memory.
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Read:
    output: bytes
    ended: Literal["by itself", "time", "memory", "output"]
    last_words: str | None
    """The last line of its standard error."""


@dataclass(frozen=True, slots=True)
class ReadingProgram:
    """`module` gets all on its standard input and prints all; in a sandbox it sees its own files, and no network."""

    tasks: Tasks
    sandbox: Sandbox
    module: str
    seconds: float
    memory_bytes: int
    output_bytes: int
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE), init=False)

    async def run(self, text: bytes) -> Read:
        """What it prints, as soon as it is its turn. Whoever stops waiting ends it."""
        async with self._room:
            available = (await self.sandbox.availability()).available
            return await (self._confined(text) if available else self._limited(text))

    async def _confined(self, text: bytes) -> Read:
        bounds = Bounds(
            seconds=self.seconds,
            cpu_seconds=int(self.seconds) + 1,
            memory_bytes=self.memory_bytes,
            address_bytes=2 * self.memory_bytes,
            processes=4,
            open_files=64,
            file_bytes=1 << 20,
            scratch_bytes=1 << 20,
            output_bytes=self.output_bytes,
        )
        places = _places()
        grant = Grant(read=(sys.base_prefix, os.path.join(places[0], "triforce_daemon"), *places[1:]))
        ran = await self.sandbox.run(_argv(self.module), grant=grant, bounds=bounds, environ=_environ(), text=text)
        words = _last(ran.errors.decode(errors="replace"))
        match ran.ended:
            case "time" | "memory" | "output":
                return Read(ran.output, ran.ended, words)
            case _:
                return Read(ran.output, "by itself", words)

    async def _limited(self, text: bytes) -> Read:
        limits = Limits(int(self.seconds) + 1, 2 * self.memory_bytes, open_files=64, file_bytes=0)
        try:
            ran = await command.run(
                _argv(self.module),
                environ={"PATH": os.defpath, "LANG": "C.UTF-8", **_environ()},
                tasks=self.tasks,
                seconds=self.seconds,
                text=text,
                output_limit=self.output_bytes,
                limits=limits,
            )
        except TimeoutError:
            return Read(b"", "time", None)
        except ValueError:
            return Read(b"", "output", None)
        return Read(ran.output, "by itself", _last("\n".join(ran.last_words)))


def _last(words: str) -> str | None:
    lines = words.strip().splitlines()
    return lines[-1][:200] if lines else None


def _argv(module: str) -> Sequence[str]:
    # Not the environment's own interpreter, which is a link that a sandbox does not have. It writes nothing, compiled
    # modules neither, of which a limit would leave halves.
    return [os.path.realpath(sys.executable), "-B", "-P", "-s", "-m", module]


def _environ() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(_places())}


def _places() -> list[str]:
    """Where the program and its libraries are."""
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    libraries = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return list(dict.fromkeys(map(os.path.realpath, (here, *libraries))))
