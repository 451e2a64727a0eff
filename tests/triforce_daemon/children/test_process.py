"""Real children: what they inherit, how they end, and that none outlives its parent."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator

import pytest

from triforce_daemon.children.process import Limits, Process
from triforce_daemon.runtime.tasks import Tasks


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


def python(program: str) -> list[str]:
    return [sys.executable, "-I", "-c", textwrap.dedent(program)]


def gone(pid: int, seconds: float = 5) -> bool:
    """Whether `pid` has ended, or ends within `seconds` (a zombie that nobody reaps has ended)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.01)
    return False


async def test_nothing_is_inherited_but_what_is_named(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DAEMON", "hunter2")
    program = "import os, json; print(json.dumps([dict(os.environ), os.getcwd(), os.getpgid(0) == os.getpid()]))"
    child = await Process.start(python(program), environ={"NAMED": "yes"}, tasks=tasks)
    environ, folder, leads_its_group = json.loads(await child.output(10_000))
    assert await child.wait() == 0
    environ.pop("LC_CTYPE", None)  # the interpreter's own doing
    assert environ == {"NAMED": "yes"}
    assert folder == "/"
    assert leads_its_group


async def test_no_file_of_ours_is_open_in_the_child(tasks: Tasks, folder: str) -> None:
    program = "import os; print([os.path.realpath(f'/proc/self/fd/{fd}') for fd in os.listdir('/proc/self/fd')])"
    with open(os.path.join(folder, "secret"), "w") as secret:
        os.set_inheritable(secret.fileno(), True)
        child = await Process.start(python(program), environ={}, tasks=tasks)
        assert secret.name not in (await child.output(10_000)).decode()
        await child.wait()


async def test_lines_go_both_ways_until_the_input_ends(tasks: Tasks) -> None:
    child = await Process.start(["/bin/cat"], environ={}, tasks=tasks)
    await child.send(b"one\ntwo\n")
    await child.send(b"three", end=True)
    assert [line async for line in child.lines()] == [b"one\n", b"two\n", b"three"]
    assert await child.wait() == 0 == child.exit_status


async def test_the_last_words_and_the_status_of_a_failure(tasks: Tasks) -> None:
    program = "import sys; print('x' * 50_000, file=sys.stderr); print('why it failed', file=sys.stderr); sys.exit(3)"
    child = await Process.start(python(program), environ={}, tasks=tasks)
    assert await child.wait() == 3
    assert child.last_words()[-1] == "why it failed"
    assert sum(map(len, child.last_words())) <= 16 << 10


async def test_output_has_a_limit(tasks: Tasks) -> None:
    child = await Process.start(python("print('x' * 5000)"), environ={}, tasks=tasks)
    with pytest.raises(ValueError, match="more than 4000 bytes"):
        await child.output(4_000)
    await child.terminate(1)


async def test_a_child_that_does_not_listen_is_no_error(tasks: Tasks) -> None:
    child = await Process.start(["/bin/true"], environ={}, tasks=tasks)
    await child.wait()
    await child.send(b"x" * (1 << 20), end=True)


async def test_terminate_asks_first(tasks: Tasks) -> None:
    program = """
        import signal, sys, time
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
        print("ready", flush=True)
        time.sleep(60)
    """
    child = await Process.start(python(program), environ={}, tasks=tasks)
    assert await anext(child.lines()) == b"ready\n"
    assert await child.terminate(grace=5) == 7
    assert await child.terminate(grace=5) == 7


async def test_terminate_makes_the_whole_group_end(tasks: Tasks) -> None:
    program = """
        import signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
        below = subprocess.Popen([sys.executable, "-I", "-c", stubborn], stdout=subprocess.PIPE)
        below.stdout.readline()
        print(below.pid, flush=True)
        time.sleep(60)
    """
    child = await Process.start(python(program), environ={}, tasks=tasks)
    below = int(await anext(child.lines()))
    assert await child.terminate(grace=0.1) == -signal.SIGKILL
    assert gone(below)


async def test_what_a_child_leaves_behind_ends_with_it(tasks: Tasks) -> None:
    program = "import subprocess; print(subprocess.Popen(['/bin/sleep', '60']).pid, flush=True)"
    child = await Process.start(python(program), environ={}, tasks=tasks)
    below = int(await anext(child.lines()))
    assert await child.wait() == 0
    assert gone(below)


async def test_a_cancelled_wait_leaves_the_child_alone(tasks: Tasks) -> None:
    child = await Process.start(["/bin/cat"], environ={}, tasks=tasks)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await child.wait()
    assert child.exit_status is None
    await child.send(b"", end=True)
    assert await child.wait() == 0


async def test_a_death_is_seen_before_the_loop_hears_of_it(tasks: Tasks) -> None:
    child = await Process.start(["/bin/cat"], environ={}, tasks=tasks)
    assert not child.ended
    os.kill(child.pid, signal.SIGKILL)
    assert gone(child.pid)
    assert child.ended
    assert child.exit_status is None
    assert await child.wait() == -signal.SIGKILL
    assert child.ended


async def test_limits_hold(tasks: Tasks, folder: str) -> None:
    program = "from resource import *; print(*map(getrlimit, (RLIMIT_NOFILE, RLIMIT_AS, RLIMIT_FSIZE, RLIMIT_CPU)))"
    limits = Limits(memory_bytes=1 << 30, open_files=32, file_bytes=4096, cpu_seconds=5)
    child = await Process.start(python(program), environ={}, tasks=tasks, limits=limits, folder=folder)
    assert await child.output(1_000) == f"(32, 32) {(1 << 30, 1 << 30)} (4096, 4096) (5, 5)\n".encode()
    assert await child.wait() == 0


async def test_a_program_that_is_not_there(tasks: Tasks) -> None:
    with pytest.raises(FileNotFoundError):
        await Process.start(["/no/such/program"], environ={}, tasks=tasks)


def test_a_child_of_ours_ends_when_its_parent_is_killed() -> None:
    parent_program = """
        import asyncio
        from triforce_daemon.children.process import Process
        from triforce_daemon.runtime.tasks import Tasks
        async def main():
            child = await Process.start(["/bin/cat"], environ={}, tasks=Tasks())
            print(child.pid, flush=True)
            await asyncio.sleep(60)
        asyncio.run(main())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(parent_program)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not gone(child, 0.05)
        parent.kill()
    assert gone(child)
