"""Repositories, opened for somebody: what git cannot do is told, and too much is refused."""

import os

import pytest

from tests.triforce_daemon.hostile_repository import repository, write
from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.children.git import Git
from triforce_daemon.errors import FileMissing, InvalidRequest, ToolFailed
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.repositories.repositories import Repositories


async def test_a_repository_is_found_from_within(served: ServedDaemon, folder: str) -> None:
    repositories, here = served.parts.get(Repositories), repository(f"{folder}/project/inner")
    me = Caller(kind="owner", name="me", uid=os.getuid())
    opened = await repositories.open(Place(me, "inner/x/gone.txt", f"{folder}/project"), write=True)
    assert (opened.path, opened.below, opened.repository.folder) == ("inner", ("x/gone.txt",), os.path.realpath(here))
    assert (await repositories.ask(opened, ["rev-parse", "HEAD"])).output
    with pytest.raises(ToolFailed, match="nonsense"):
        await repositories.ask(opened, ["nonsense"])
    with pytest.raises(InvalidRequest, match="changed"):
        await repositories.check_names(opened, ["x"] * 6_000)
    await repositories.check_names(opened, ["a.txt", "gone", "gone/too"])
    with pytest.raises(FileMissing, match="no git repository"):
        await repositories.open(Place(me, ".", f"{folder}/project"))
    write(here, {".git/config": "[nonsense"})
    with pytest.raises(InvalidRequest, match="make no sense"):
        await repositories.open(Place(me, "inner", f"{folder}/project"))


async def test_without_git_it_says_so(served: ServedDaemon, folder: str) -> None:
    tasks = Tasks()
    repositories = Repositories(served.parts.get(Files), Git(tasks, programs=folder))
    lack = repositories.missing()
    assert lack is not None and lack.reason == "git is not installed."
    await tasks.stop()
