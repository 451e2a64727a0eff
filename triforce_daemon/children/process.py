"""The one way to start a process: it gets what is named and nothing else, and nobody of its group stays behind."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from triforce_daemon.runtime.tasks import Tasks

#: How much of the end of its standard error is kept.
_LAST_WORDS = 16 << 10
#: The longest line that a child may print.
_LINE_LIMIT = 1 << 20
#: How long to go on listening to somebody outside the group who still holds a dead child's standard error.
_AFTERMATH_SECONDS = 1
#: PF_EXITING of Linux, among the flags in /proc/<pid>/stat (proc(5)): set before a dying process closes its sockets.
_EXITING = 0x4


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child and all that it starts may use, each; None: as much as we may. They can't be raised again."""

    cpu_seconds: int | None = None
    memory_bytes: int | None = None
    """Address space, which is more than what is in memory."""
    open_files: int | None = None
    file_bytes: int | None = None


NO_LIMITS = Limits()


class _Streams(asyncio.subprocess.SubprocessStreamProtocol):
    """Ends what a dead child left in its group: asyncio waits for whoever still holds one of the pipes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._group = cast(asyncio.SubprocessTransport, transport).get_pid()

    def process_exited(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._group, signal.SIGKILL)
        super().process_exited()


class Process:
    """A child in a session of its own, spoken to through pipes.

    Its standard input is a pipe that closes when this process dies, however it dies: our own programs end on that.
    """

    def __init__(self, child: asyncio.subprocess.Process, tasks: Tasks) -> None:
        """Use `start`."""
        self._child = child
        self._stderr = bytearray()
        self._listening = tasks.start(self._listen(), f"stderr of {child.pid}")
        self._ending = tasks.start(self._end(), f"end of {child.pid}")

    @classmethod
    async def start(
        cls,
        argv: Sequence[str],
        *,
        environ: Mapping[str, str],
        tasks: Tasks,
        folder: str = "/",
        limits: Limits = NO_LIMITS,
    ) -> "Process":
        """Run `argv` in `folder` with exactly the environment `environ`. Raises OSError where it cannot be started."""
        loop = asyncio.get_running_loop()
        transport, streams = await loop.subprocess_exec(
            lambda: _Streams(_LINE_LIMIT, loop),
            *_limited(argv, limits),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=dict(environ),
            cwd=folder,
            start_new_session=True,
        )
        return cls(asyncio.subprocess.Process(transport, streams, loop), tasks)

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def exit_status(self) -> int | None:
        """None while it runs; negative: the number of the signal that ended it."""
        return self._child.returncode

    @property
    def ended(self) -> bool:
        """Whether it has died or is about to: known at once, while the exit status takes its time to get here."""
        try:
            with open(f"/proc/{self.pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return True
        return self.exit_status is not None or fields[0] == b"Z" or bool(int(fields[6]) & _EXITING)

    async def send(self, data: bytes, *, end: bool = False) -> None:
        """Write to its standard input; with `end` close it. A child that does not listen any more is no error."""
        assert self._child.stdin is not None
        with suppress(ConnectionError):
            self._child.stdin.write(data)
            await self._child.stdin.drain()
        if end:
            self._child.stdin.close()

    async def lines(self) -> AsyncGenerator[bytes]:
        """The lines of its standard output, until it closes it. Raises ValueError for a line without an end."""
        assert self._child.stdout is not None
        while line := await self._child.stdout.readline():
            yield line

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Its standard output as it comes, until it closes it."""
        assert self._child.stdout is not None
        while piece := await self._child.stdout.read(_LINE_LIMIT):
            yield piece

    async def output(self, limit: int) -> bytes:
        """All that it prints. Raises ValueError where that is more than `limit` bytes."""
        output = bytearray()
        async for piece in self.pieces():
            output += piece
            if len(output) > limit:
                raise ValueError(f"more than {limit} bytes of output")
        return bytes(output)

    @property
    def errors(self) -> bytes:
        """The end of its standard error, as far as it has come."""
        return bytes(self._stderr)

    def last_words(self, lines: int = 20) -> list[str]:
        """The last lines of it."""
        return self._stderr.decode(errors="replace").splitlines()[-lines:]

    async def wait(self) -> int:
        """Its exit status, once it and its group have ended."""
        return await asyncio.shield(self._ending)

    async def terminate(self, grace: float) -> int:
        """Ask the whole group to end, after `grace` seconds make it; done at once where it has ended."""
        self._signal(signal.SIGTERM)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await self.wait()
        finally:
            self._signal(signal.SIGKILL)
        return await self.wait()

    async def _listen(self) -> None:
        assert self._child.stderr is not None
        while data := await self._child.stderr.read(_LAST_WORDS):
            self._stderr += data
            del self._stderr[:-_LAST_WORDS]

    async def _end(self) -> int:
        status = await self._child.wait()
        await asyncio.wait([self._listening], timeout=_AFTERMATH_SECONDS)
        self._listening.cancel()
        assert self._child.stdin is not None
        self._child.stdin.close()
        return status

    def _signal(self, number: signal.Signals) -> None:
        if self.exit_status is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)


def _limited(argv: Sequence[str], limits: Limits) -> list[str]:
    """`argv` behind a shell that sets the limits: code of ours between fork and exec would not be safe with threads."""
    orders = {
        "-t": limits.cpu_seconds,
        "-v": limits.memory_bytes and limits.memory_bytes // 1024,
        "-n": limits.open_files,
        "-f": limits.file_bytes and limits.file_bytes // 512,
    }
    script = "".join(f"ulimit {flag} {value} && " for flag, value in orders.items() if value is not None)
    return ["/bin/sh", "-c", f'{script}exec "$@"', "sh", *argv] if script else list(argv)
