"""Code is checked by a child, which may take too long or crash."""

from collections.abc import AsyncIterator

import pytest

from triforce_daemon.children import linter
from triforce_daemon.children.linter import Linter
from triforce_daemon.errors import ToolFailed
from triforce_daemon.runtime.tasks import Tasks


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


async def test_what_the_child_says(tasks: Tasks) -> None:
    answer = await Linter({}, tasks).look("toml", "a = \n")
    assert [issue["rule"] for issue in answer["issues"]] == answer["rules"] == ["syntax-error"]


async def test_a_child_that_takes_too_long(tasks: Tasks) -> None:
    with pytest.raises(ToolFailed, match="within 0 seconds"):
        await Linter({}, tasks, seconds=0).look("python", "x = 1\n")


async def test_a_child_that_dies(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linter, "PROGRAM", "triforce_daemon.children.nothing")
    with pytest.raises(ToolFailed, match="given up"):
        await Linter({}, tasks).look("python", "x = 1\n")
