"""Programs run to their end."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator

import pytest

from triforce_daemon.children import command
from triforce_daemon.runtime.tasks import Tasks


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


async def test_what_it_prints_and_how_it_ends(tasks: Tasks) -> None:
    program = "import sys; text = sys.stdin.read(); print(text.upper()); print('done', file=sys.stderr); sys.exit(4)"
    argv = [sys.executable, "-I", "-c", program]
    finished = await command.run(argv, environ={}, tasks=tasks, seconds=10, text=b"hello")
    assert (finished.status, finished.output, finished.last_words) == (4, b"HELLO\n", ["done"])


async def test_both_pipes_may_be_full(tasks: Tasks) -> None:
    text = os.urandom(1 << 20)
    finished = await command.run(["/bin/cat"], environ={}, tasks=tasks, seconds=10, text=text)
    assert finished.output == text


async def test_time_runs_out(tasks: Tasks) -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await command.run(["/bin/sleep", "60"], environ={}, tasks=tasks, seconds=0.1)
    assert time.monotonic() - began < 2


async def test_too_much_is_printed(tasks: Tasks) -> None:
    with pytest.raises(ValueError, match="more than 1000 bytes"):
        await command.run(["/usr/bin/yes"], environ={}, tasks=tasks, seconds=10, output_limit=1_000)


async def test_whoever_stops_waiting_ends_it(tasks: Tasks, folder: str) -> None:
    note = os.path.join(folder, "pid")
    argv = ["/bin/sh", "-c", f"echo $$ > {note}; exec sleep 60"]
    running = asyncio.create_task(command.run(argv, environ={"PATH": "/bin:/usr/bin"}, tasks=tasks, seconds=60))
    while not os.path.exists(note) or not os.path.getsize(note):
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    with open(note) as file:
        assert not os.path.exists(f"/proc/{int(file.read())}")
