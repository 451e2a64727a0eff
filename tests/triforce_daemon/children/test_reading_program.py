"""A program that reads what strangers have written: what it gets, what it sees, and how it is ended."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable

import pytest

from triforce_daemon.children import reading_program
from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.reading_program import Read, ReadingProgram
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.runtime.tasks import Tasks

Make = Callable[..., ReadingProgram]
#: Nothing that could confine it is found there.
NOWHERE = "/nonexistent"
BOTH = pytest.mark.parametrize("programs", [None, NOWHERE], ids=["sandbox", "limits alone"])


@pytest.fixture
async def program(folder: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    tasks = Tasks()
    places = reading_program._places()  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(reading_program, "_places", lambda: [*places, folder])

    def make(script: str, programs: str | None, seconds: float = 10, memory: int = 256 << 20) -> ReadingProgram:
        with open(os.path.join(folder, "script_of_a_test.py"), "w") as file:
            file.write(script)
        sandbox = Sandbox(tasks, Hidden(), *((programs,) if programs else ()))
        return ReadingProgram(tasks, sandbox, "script_of_a_test", seconds, memory, 1_000)

    yield make
    await tasks.stop()


@BOTH
async def test_it_gets_all_and_prints_all(program: Make, programs: str | None) -> None:
    read = await program("import sys; print(len(sys.stdin.buffer.read()))", programs).run(b"x" * 200_000)
    assert (read.output, read.ended) == (b"200000\n", "by itself")


@BOTH
async def test_it_sees_nothing_of_the_daemons(
    program: Make, programs: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "secret")
    read = await program("import os; print('CANARY' in os.environ)", programs).run(b"")
    assert read.output == b"False\n"


@BOTH
async def test_it_is_ended(program: Make, programs: str | None) -> None:
    late = await program("import time; time.sleep(60)", programs, seconds=0.3).run(b"")
    assert late.ended == "time"
    much = await program("print('x' * 100_000)", programs).run(b"")
    assert much.ended == "output"
    greedy = await program("x = bytearray(2 << 30)", programs, memory=128 << 20).run(b"")
    assert greedy.ended == "memory" or greedy.last_words == "MemoryError"
    crash = await program("raise SystemExit('it broke')", programs).run(b"")
    assert (crash.output, crash.last_words) == (b"", "it broke")


async def test_few_run_at_the_same_time(program: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[int] = [0, 0]

    async def counted(self: ReadingProgram, text: bytes) -> Read:
        running[0] += 1
        running[1] = max(running)
        await asyncio.sleep(0)
        running[0] -= 1
        return Read(text, "by itself", None)

    monkeypatch.setattr(ReadingProgram, "_limited", counted)
    one = program("", NOWHERE)
    await asyncio.gather(*(one.run(b"x") for _ in range(9)))
    assert running == [0, 2]
