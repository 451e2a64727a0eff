"""Commands that nothing confines have bounds all the same."""

from collections.abc import AsyncIterator

import pytest

from triforce_daemon.children.sandbox import Bounds, Ran
from triforce_daemon.children.unconfined import run
from triforce_daemon.runtime.tasks import Tasks

PATH = {"PATH": "/usr/bin:/bin"}


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


async def ran(tasks: Tasks, text: str, **bounds: float) -> Ran:
    made = Bounds(**bounds)  # pyright: ignore[reportArgumentType]
    return await run(["sh", "-c", text], bounds=made, folder="/", environ=PATH, tasks=tasks)


async def test_what_it_says_and_how_it_ends(tasks: Tasks) -> None:
    done = await ran(tasks, "echo out; echo err >&2; cat; env; exit 7")
    assert (done.status, done.ended, done.errors) == (7, "exit", b"err\n")
    assert done.output.startswith(b"out\n") and b"HOME" not in done.output


async def test_too_long_and_too_much(tasks: Tasks) -> None:
    slow = await ran(tasks, "echo begun; sleep 60", seconds=0.3)
    assert (slow.output, slow.ended, slow.status) == (b"begun\n", "time", 128 + 15)
    much = await ran(tasks, "yes", output_bytes=1_000)
    assert (len(much.output), much.ended) == (1_000, "output")


async def test_memory_is_bounded(tasks: Tasks) -> None:
    greedy = "head -c 300000000 /dev/zero | tail -c 300000000 >/dev/null"
    assert (await ran(tasks, f"{greedy} || exit 9", memory_bytes=100 << 20)).status == 9
