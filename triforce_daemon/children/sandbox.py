"""The one way to run code that is not ours: within bubblewrap, or not at all."""

import asyncio
import logging
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.children.confinement import SCRATCH, Grant, Hidden, arguments
from triforce_daemon.children.process import Limits, Process
from triforce_daemon.children.watch import Excess, Shares, Watch
from triforce_daemon.errors import SandboxUnavailable
from triforce_daemon.runtime.tasks import Tasks

log = logging.getLogger(__name__)

#: Of the system alone: what is found there decides what confines the code.
PROGRAMS = "/usr/local/bin:/usr/bin:/bin"

Ending = Literal["exit", "time", "output", "processes", "memory", "disk"]

_LOOK_SECONDS = 0.05
_TRIAL_SECONDS = 10
_INSTALL = "Install it: apt install bubblewrap, dnf install bubblewrap or pacman -S bubblewrap."
_ALLOW = (
    "Users have to be allowed namespaces: see kernel.unprivileged_userns_clone, user.max_user_namespaces and "
    "kernel.apparmor_restrict_unprivileged_userns in sysctl; in a container they are often forbidden."
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of everything. Where it says each, every process has that much; the other bounds are for all of them."""

    seconds: float = 30
    cpu_seconds: int = 60
    """Each."""
    memory_bytes: int = 512 << 20
    address_bytes: int | None = None
    """Each; None: no bound, for programs that reserve far more than they use."""
    processes: int = 64
    open_files: int = 256
    """Each."""
    file_bytes: int = 64 << 20
    """Of any file."""
    disk_bytes: int = 256 << 20
    scratch_bytes: int = 64 << 20
    output_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Availability:
    available: bool
    reason: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How it went. `ended` says which bound has ended it, if it has not by itself."""

    status: int
    """128 and the number of the signal where one ended it."""
    output: bytes
    errors: bytes
    """The end of its standard error."""
    ended: Ending
    elapsed_ms: int


class Sandbox:
    def __init__(self, tasks: Tasks, hidden: Hidden, programs: str = PROGRAMS) -> None:
        """`programs`: where bubblewrap and what runs in it are looked for, as in PATH."""
        self._tasks = tasks
        self._hidden = hidden
        self._programs = programs
        self._tried: Availability | None = None

    async def availability(self) -> Availability:
        """Whether code can be confined here, found out by doing so; a no is looked at again each time."""
        if self._tried is None or not self._tried.available:
            self._tried = await self._try()
        return self._tried

    async def run(
        self,
        argv: Sequence[str],
        *,
        grant: Grant,
        bounds: Bounds,
        folder: str = SCRATCH,
        environ: Mapping[str, str] | None = None,
        text: bytes = b"",
    ) -> Ran:
        """Run `argv` in `folder`, with `text` on its standard input; whoever stops waiting ends it.

        Raises SandboxUnavailable where nothing could confine it, ValueError for a grant that nobody gets.
        """
        await self._require()
        return await self._confined(argv, grant, bounds, folder, environ or {}, text)

    async def start(
        self,
        argv: Sequence[str],
        *,
        grant: Grant,
        limits: Limits,
        processes: int,
        scratch_bytes: int,
        folder: str = SCRATCH,
        environ: Mapping[str, str] | None = None,
    ) -> Process:
        """Start `argv` in `folder`, to be spoken to; who has started it ends it, and looks at what it uses meanwhile.

        Raises SandboxUnavailable where nothing could confine it, ValueError for a grant that nobody gets.
        """
        await self._require()
        around = arguments(grant, self._hidden, scratch_bytes, folder)
        return await self._begun(argv, around, environ or {}, limits, processes)

    async def _require(self) -> None:
        found = await self.availability()
        if not found.available:
            raise SandboxUnavailable(f"Code cannot be run here: {found.reason}.", found.fix)

    async def _begun(
        self, argv: Sequence[str], around: Sequence[str], environ: Mapping[str, str], limits: Limits, processes: int
    ) -> Process:
        return await Process.start(
            # Inside, for the kernel counts processes by user and namespace.
            ["bwrap", *around, "--", "prlimit", f"--nproc={processes}", "--core=0", "--", *argv],
            environ={"PATH": self._programs, "HOME": SCRATCH, "TMPDIR": SCRATCH, "LANG": "C.UTF-8", **environ},
            tasks=self._tasks,
            limits=limits,
        )

    async def _try(self) -> Availability:
        if shutil.which("bwrap", path=self._programs) is None:
            return Availability(False, "bubblewrap is not installed", _INSTALL)
        if shutil.which("prlimit", path=self._programs) is None:
            return Availability(False, "prlimit is not installed", "It comes with util-linux.")
        # A shell that starts another program: with that, all of it has worked.
        trial = ("/bin/sh", "-c", "/bin/true; echo confined")
        try:
            ran = await self._confined(trial, Grant(), Bounds(seconds=_TRIAL_SECONDS), SCRATCH, {}, b"")
        except OSError as error:
            return Availability(False, f"bubblewrap cannot be started ({error.strerror})", _INSTALL)
        if ran.output == b"confined\n":
            return Availability(True)
        words = ran.errors.decode(errors="replace").strip().splitlines()
        return Availability(False, f"bubblewrap cannot confine it ({words[-1] if words else ran.ended})", _ALLOW)

    async def _confined(
        self, argv: Sequence[str], grant: Grant, bounds: Bounds, folder: str, environ: Mapping[str, str], text: bytes
    ) -> Ran:
        began = time.monotonic()
        around = arguments(grant, self._hidden, bounds.scratch_bytes, folder)
        process = await self._begun(argv, around, environ, _limits(bounds), bounds.processes)
        output = bytearray()
        ended: Ending = "time"
        try:
            async with asyncio.timeout(bounds.seconds):
                ended = await self._to_its_end(process, grant, bounds, text, output)
        except TimeoutError:
            log.info("code took too long", extra={"seconds": bounds.seconds})
        finally:
            # Nobody asks code of strangers to end. With bubblewrap all below it is ended by the kernel.
            status = await process.terminate(0)
        status = 128 - status if status < 0 else status
        return Ran(status, bytes(output), process.errors, ended, round((time.monotonic() - began) * 1_000))

    async def _to_its_end(
        self, process: Process, grant: Grant, bounds: Bounds, text: bytes, output: bytearray
    ) -> Ending:
        shares = Shares(bounds.processes + _OWN_PROCESSES, bounds.memory_bytes, bounds.disk_bytes)
        watch = Watch(process.pid, shares, grant.write, (SCRATCH, "/dev/shm"))
        tasks = (
            self._tasks.start(process.send(text, end=True), f"input of {process.pid}"),
            reading := self._tasks.start(_read(process, output, bounds.output_bytes), f"output of {process.pid}"),
            looking := self._tasks.start(_look(watch), f"watch of {process.pid}"),
        )
        try:
            await asyncio.wait((reading, looking), return_when=asyncio.FIRST_COMPLETED)
            return looking.result() if looking.done() else reading.result()
        finally:
            for task in tasks:
                task.cancel()


#: bubblewrap on either side of the namespace.
_OWN_PROCESSES = 2


async def _read(process: Process, output: bytearray, limit: int) -> Ending:
    async for piece in process.pieces():
        output += piece
        if len(output) > limit:
            del output[limit:]
            return "output"
    await process.wait()
    return "exit"


async def _look(watch: Watch) -> Excess:
    while (excess := await asyncio.to_thread(watch.excess)) is None:
        await asyncio.sleep(_LOOK_SECONDS)
    return excess


def _limits(bounds: Bounds) -> Limits:
    return Limits(
        cpu_seconds=bounds.cpu_seconds,
        memory_bytes=bounds.address_bytes,
        open_files=bounds.open_files,
        file_bytes=bounds.file_bytes,
    )
