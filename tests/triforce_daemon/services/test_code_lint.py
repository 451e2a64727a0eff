"""Source code that is checked: which rules, in which language, and what bash says of a script."""

from collections.abc import AsyncIterator

import pytest

from triforce_daemon.children.confinement import Hidden
from triforce_daemon.children.linter import Linter
from triforce_daemon.children.sandbox import Sandbox
from triforce_daemon.errors import InvalidArguments, SandboxUnavailable
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.code_lint import CodeLint, complaints, language_of


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


def test_a_file_tells_its_language() -> None:
    told = {"a.py": "python", "b/c.YML": "yaml", "x.sh": "shell", "package.json": "json", "Makefile": "python"}
    assert {path: language_of(path) for path in told} == told and language_of(None) == "python"


def test_what_bash_complains_of() -> None:
    said = "bash: line 3: syntax error near unexpected token `done'\nbash: line 3: `done'\nother\n"
    (issue,) = complaints(said)
    assert (issue["line"], issue["text"]) == (3, "syntax error near unexpected token `done': `done'")
    (warned,) = complaints("bash: line 9: warning: here-document at line 1 delimited by end-of-file (wanted `x')\n")
    assert (warned["rule"], warned["severity"]) == ("syntax-warning", "warning")


async def test_rules_and_how_many(tasks: Tasks) -> None:
    lint = CodeLint(Linter({}, tasks), Sandbox(tasks, Hidden()))
    many = await lint.check("".join(f"import a{n}\n" for n in range(501)), "python", ["unused-import"])
    assert (len(many.issues), many.truncated, many.ok) == (500, True, False)
    with pytest.raises(InvalidArguments, match="no check 'nonsense'"):
        await lint.check("", "toml", ["nonsense"])


async def test_a_script_is_read_and_not_run(tasks: Tasks, folder: str) -> None:
    sandbox = Sandbox(tasks, Hidden())
    if not (await sandbox.availability()).available:
        pytest.skip("nothing confines code here")
    lint = CodeLint(Linter({}, tasks), sandbox)
    wrong = await lint.check("echo a\nif true; then\n  done\n", "shell")
    assert [(issue["line"], issue["rule"]) for issue in wrong.issues] == [(3, "syntax-error")] and not wrong.ok
    right = await lint.check("sleep 60; echo 'a b' > /x\n", "shell")
    assert right.ok and right.issues == []


async def test_without_bubblewrap_no_script_is_checked(tasks: Tasks, folder: str) -> None:
    with pytest.raises(SandboxUnavailable):
        await CodeLint(Linter({}, tasks), Sandbox(tasks, Hidden(), programs=folder)).check("x", "shell")
