"""Branches: which there are, how one is made, and when nobody is moved to another."""

import os

import pytest

from tests.triforce_daemon.hostile_repository import git, poisoned, repository, write
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.repositories.opening import opened
from triforce_daemon.errors import Conflict, InvalidArguments, InvalidRequest, NotFound, ToolFailed
from triforce_daemon.services.repositories.branches import branches, create, switch


async def test_a_branch_is_made_and_switched_to(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    there = await opened(served, here)
    await create(*there, "feature/ä")
    found = await branches(*there)
    assert [one.name for one in found.items] == ["feature/ä", "main"] and found.current == "main"
    assert found.items[0].commit == git(here, "rev-parse", "HEAD").strip() and found.items[0].committed[:2] == "20"
    write(here, {"only-here": "x"})
    await switch(*there, "feature/ä")
    assert (await branches(*there)).current == "feature/ä" and os.path.exists(f"{here}/only-here")
    git(here, "checkout", "-q", "--detach")
    assert (await branches(*there)).current is None


async def test_a_repository_without_a_commit(served: ServedDaemon, folder: str) -> None:
    here = f"{folder}/project"
    os.mkdir(here)
    git(here, "init", "-q", "-b", "trunk")
    there = await opened(served, here)
    found = await branches(*there)
    assert (found.items, found.current) == ([], "trunk")
    with pytest.raises(ToolFailed):
        await create(*there, "x")


async def test_what_is_no_name(served: ServedDaemon, folder: str) -> None:
    there = await opened(served, repository(f"{folder}/project"))
    for name in ("-x", "a..b", "a b", "x.lock", "HEAD", "@{-1}", "a/", "refs~1"):
        with pytest.raises(InvalidArguments):
            await create(*there, name)
        with pytest.raises(NotFound):
            await switch(*there, name)


async def test_where_something_would_be_lost_nobody_is_moved(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    there = await opened(served, here)
    git(here, "switch", "-q", "-c", "other")
    write(here, {"a.txt": "other\n", "new": "other\n"})
    git(here, "add", "-A")
    git(here, "commit", "-q", "-m", "other")
    git(here, "switch", "-q", "main")
    with pytest.raises(Conflict, match="already"):
        await create(*there, "other")
    write(here, {"b.txt": "mine\n"})
    with pytest.raises(Conflict, match=r"1 files have changes that are not committed: `b\.txt`"):
        await switch(*there, "other")
    git(here, "add", "b.txt")
    with pytest.raises(Conflict, match="not committed"):
        await switch(*there, "other")
    git(here, "reset", "-q", "--hard")
    write(here, {"new": "mine\n"})
    with pytest.raises(ToolFailed, match="untracked"):
        await switch(*there, "other")
    os.unlink(f"{here}/new")
    git(here, "worktree", "add", "-q", "../elsewhere", "other")
    with pytest.raises(Conflict, match="Another working tree"):
        await switch(*there, "other")
    git(here, "worktree", "remove", "../elsewhere")
    await switch(*there, "other")
    with open(f"{here}/a.txt") as file:
        assert file.read() == "other\n"


async def test_files_with_a_filter_and_a_hostile_repository(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    git(here, "switch", "-q", "-c", "large")
    write(here, {".gitattributes": "*.bin filter=lfs\n", "x.bin": "large"})
    git(here, "add", ".gitattributes", "x.bin")
    git(here, "commit", "-q", "-m", "large")
    git(here, "switch", "-q", "main")
    with pytest.raises(InvalidRequest, match="filter 'lfs'"):
        await switch(*await opened(served, here), "large")
    git(here, "branch", "plain", "main")
    write(here, {"a.txt": "plain\n"})
    git(here, "commit", "-q", "-a", "-m", "main")
    poisoned(here, f"{folder}/marks")
    with pytest.raises(InvalidRequest, match="filter 'evil'"):
        await switch(*await opened(served, here), "plain")
    write(here, {".git/info/attributes": "* diff=evil merge=evil\n"})
    await switch(*await opened(served, here), "plain")
    assert os.listdir(f"{folder}/marks") == []
