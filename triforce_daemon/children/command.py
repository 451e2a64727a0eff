"""A process that is run to its end for what it prints."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triforce_daemon.children.process import NO_LIMITS, Limits, Process
from triforce_daemon.runtime.tasks import Tasks

_GRACE_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Finished:
    status: int
    output: bytes
    last_words: list[str]
    """The end of its standard error."""


async def run(
    argv: Sequence[str],
    *,
    environ: Mapping[str, str],
    tasks: Tasks,
    seconds: float,
    text: bytes = b"",
    output_limit: int = 4 << 20,
    limits: Limits = NO_LIMITS,
) -> Finished:
    """Run `argv` with `text` on its standard input; whoever stops waiting ends it.

    Raises OSError where it cannot be started, TimeoutError after `seconds`, ValueError where it prints too much.
    """
    process = await Process.start(argv, environ=environ, tasks=tasks, limits=limits)
    try:
        async with asyncio.timeout(seconds):
            # Together: a child may fill its output pipe before it has read its input.
            sending = tasks.start(process.send(text, end=True), f"input of {process.pid}")
            output = await process.output(output_limit)
            await sending
            status = await process.wait()
        return Finished(status, output, process.last_words())
    finally:
        await process.terminate(_GRACE_SECONDS)
