"""Reads documents in a child of its own, in the sandbox where there is one; and holds it to its limits in any case."""

import asyncio
import json
import os
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass

from triforce_daemon.children import command
from triforce_daemon.children.confinement import Grant
from triforce_daemon.children.documents.form import Answer, Question
from triforce_daemon.children.process import Limits
from triforce_daemon.children.sandbox import Bounds, Sandbox
from triforce_daemon.errors import SourceUnreadable
from triforce_daemon.runtime.tasks import Tasks

PROGRAM = "triforce_daemon.children.documents.program"
SECONDS = 30.0
_MEMORY_BYTES = 768 << 20
_OUTPUT_BYTES = 48 << 20
#: Each takes a core.
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class _Ran:
    output: bytes
    why: str | None
    """What has ended it, if it has not by itself."""


class DocumentReader:
    def __init__(
        self,
        tasks: Tasks,
        sandbox: Sandbox,
        *,
        program: str = PROGRAM,
        seconds: float = SECONDS,
        memory_bytes: int = _MEMORY_BYTES,
    ) -> None:
        self._tasks = tasks
        self._sandbox = sandbox
        self._program = program
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def read(self, question: Question, data: bytes) -> Answer:
        """The pages of a document. Raises SourceUnreadable where there are none, or where that takes too much."""
        text = json.dumps(question).encode() + b"\n" + data
        async with self._room:
            available = (await self._sandbox.availability()).available
            ran = await (self._confined(text) if available else self._limited(text))
        try:
            answer: Answer = json.loads(ran.output)
        except ValueError:
            raise SourceUnreadable(f"It cannot be read: {ran.why or 'its reader ended'}.", None) from None
        if answer["refused"] is not None:
            raise SourceUnreadable(answer["refused"], answer["hint"])
        return answer

    async def _confined(self, text: bytes) -> _Ran:
        """Without a network, and without any file but the interpreter's and its libraries."""
        bounds = Bounds(
            seconds=self._seconds,
            cpu_seconds=int(self._seconds) + 1,
            memory_bytes=self._memory_bytes,
            address_bytes=2 * self._memory_bytes,
            processes=4,
            open_files=64,
            file_bytes=1 << 20,
            scratch_bytes=1 << 20,
            output_bytes=_OUTPUT_BYTES,
        )
        places = _places()
        own = os.path.join(places[0], "triforce_daemon")
        grant = Grant(read=(sys.base_prefix, own, *places[1:]))
        ran = await self._sandbox.run(_argv(self._program), grant=grant, bounds=bounds, environ=_environ(), text=text)
        if ran.ended == "time":
            raise _late()
        words = "it needs too much memory" if ran.ended == "memory" else _last(ran.errors.decode(errors="replace"))
        return _Ran(ran.output, words)

    async def _limited(self, text: bytes) -> _Ran:
        limits = Limits(int(self._seconds) + 1, 2 * self._memory_bytes, open_files=64, file_bytes=0)
        argv, environ = _argv(self._program), {"PATH": os.defpath, "LANG": "C.UTF-8", **_environ()}
        try:
            ran = await command.run(
                argv,
                environ=environ,
                tasks=self._tasks,
                seconds=self._seconds,
                text=text,
                output_limit=_OUTPUT_BYTES,
                limits=limits,
            )
        except TimeoutError:
            raise _late() from None
        except ValueError:
            return _Ran(b"", "there is too much text in it")
        return _Ran(ran.output, _last("\n".join(ran.last_words)))


def _late() -> SourceUnreadable:
    return SourceUnreadable("To read it takes too long.", "Name fewer pages, or a smaller document.")


def _last(words: str) -> str | None:
    lines = words.strip().splitlines()
    return lines[-1][:200] if lines else None


def _argv(program: str) -> Sequence[str]:
    # Not the environment's own interpreter, which is a link that a sandbox does not have.
    return [os.path.realpath(sys.executable), "-B", "-P", "-s", "-m", program]


def _environ() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(_places())}


def _places() -> list[str]:
    """Where the program and its libraries are."""
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    libraries = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    return list(dict.fromkeys(map(os.path.realpath, (here, *libraries))))
