"""Commands that nothing confines: they run as the daemon's own user, and only time, memory and output are bounded."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

from triforce_daemon.children.process import Limits, Process
from triforce_daemon.children.sandbox import Bounds, Ending, Ran
from triforce_daemon.runtime.tasks import Tasks

log = logging.getLogger(__name__)

_GRACE_SECONDS = 1


async def run(argv: Sequence[str], *, bounds: Bounds, folder: str, environ: Mapping[str, str], tasks: Tasks) -> Ran:
    """Run `argv` in `folder` with that environment and nothing on its standard input; who stops waiting ends it.

    Of `bounds` those count that the kernel holds for each process, and time and output. Raises OSError where it cannot
    be started.
    """
    began = time.monotonic()
    limits = Limits(bounds.cpu_seconds, bounds.memory_bytes, bounds.open_files, bounds.file_bytes)
    process = await Process.start(argv, environ=environ, tasks=tasks, folder=folder, limits=limits)
    output = bytearray()
    ended: Ending = "time"
    try:
        async with asyncio.timeout(bounds.seconds):
            await process.send(b"", end=True)
            ended = await _to_its_end(process, output, bounds.output_bytes)
    except TimeoutError:
        log.info("a command took too long", extra={"seconds": bounds.seconds})
    finally:
        status = await process.terminate(_GRACE_SECONDS)
    status = 128 - status if status < 0 else status
    return Ran(status, bytes(output), process.errors, ended, round((time.monotonic() - began) * 1_000))


async def _to_its_end(process: Process, output: bytearray, most: int) -> Ending:
    async for piece in process.pieces():
        output += piece
        if len(output) > most:
            del output[most:]
            return "output"
    await process.wait()
    return "exit"
