"""Code is run where the owner allows it and something confines it, and nowhere else."""

from collections.abc import AsyncIterator

import pytest

from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import SandboxUnavailable
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.code_runs import CodeRun, CodeRuns


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


async def test_it_is_off_until_it_is_allowed(tasks: Tasks) -> None:
    runs = CodeRuns(Sandbox(tasks, Hidden()), enabled=False)
    await runs.prepare()
    lack = runs.missing()
    assert lack is not None and "switched off" in lack.reason and "sandbox.enabled" in (lack.fix or "")


async def test_without_bubblewrap_it_says_so(tasks: Tasks, folder: str) -> None:
    runs = CodeRuns(Sandbox(tasks, Hidden(), programs=folder), enabled=True)
    await runs.prepare()
    lack = runs.missing()
    assert lack is not None and lack.reason == "bubblewrap is not installed."
    with pytest.raises(SandboxUnavailable):
        await runs.run(CodeRun("print(1)", "python", 5, 64))


@pytest.mark.parametrize(
    ("language", "code"), [("python", "print(input().upper())"), ("bash", "read -r line; echo ${line^^}")]
)
async def test_code_reads_and_prints(tasks: Tasks, language: str, code: str) -> None:
    runs = CodeRuns(Sandbox(tasks, Hidden()), enabled=True)
    await runs.prepare()
    if (lack := runs.missing()) is not None:
        pytest.skip(lack.reason)
    ran = await runs.run(CodeRun(code, language, 10, 256, "hello\n"))  # type: ignore[arg-type]
    assert (ran.status, ran.output) == (0, b"HELLO\n")
