"""Commits of named files, or of what is staged, and of nothing else."""

import os

import pytest

from tests.triforce_daemon.hostile_repository import git, poisoned, repository, write
from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.services.repositories.opening import ADA, opened
from triforce_daemon.errors import Conflict, InvalidArguments, InvalidRequest, PathRefused, ToolFailed
from triforce_daemon.services.repositories.commits import Commit, commit
from triforce_daemon.services.repositories.status import Changed


async def made(served: ServedDaemon, here: str, *files: str, message: str = "second") -> Commit:
    return await commit(*await opened(served, here), ADA, message, files)


def last(here: str, words: str = "%an <%ae> %s") -> str:
    return git(here, "log", "-1", f"--format={words}").strip()


async def test_named_files_alone_are_committed(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project", {"a": "1\n", "b": "1\n", "c/d": "1\n", "old": "x\n" * 9})
    write(here, {"a": "2\n", "b": "2\n", "c/d": "2\n", "c/new": "1\n", "ä :(x)*": "1\n"})
    git(here, "add", "b")
    git(here, "mv", "old", "renamed")
    done = await made(served, here, "a", "c", "ä :(x)*", message="-x\n\n# kept")
    assert sorted(done.files, key=lambda one: one.path) == [
        Changed("a", "modified"),
        Changed("c/d", "modified"),
        Changed("c/new", "added"),
        Changed("ä :(x)*", "added"),
    ]
    assert (done.id, done.parent, done.branch) == (last(here, "%H"), last(here, "%P"), "main")
    assert last(here) == "Ada <ada@x> -x" and last(here, "%b") == "# kept"
    assert git(here, "status", "--porcelain").splitlines() == ["M  b", "R  old -> renamed"], (
        "what else was staged stays so"
    )
    os.unlink(f"{here}/a")
    assert (await made(served, here, "a")).files == [Changed("a", "deleted")]


async def test_what_is_staged_is_committed(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    write(here, {"a.txt": "staged\n", "new": "x"})
    with pytest.raises(Conflict, match="Nothing is staged"):
        await made(served, here)
    git(here, "add", "a.txt")
    write(here, {"a.txt": "later\n"})
    assert (await made(served, here)).files == [Changed("a.txt", "modified")]
    assert git(here, "show", "HEAD:a.txt") == "staged\n" and git(here, "status", "--porcelain") == " M a.txt\n?? new\n"


async def test_the_first_commit_of_all(served: ServedDaemon, folder: str) -> None:
    here = f"{folder}/project"
    os.mkdir(here)
    git(here, "init", "-q", "-b", "trunk")
    write(here, {"a": "1\n"})
    done = await made(served, here, "a")
    assert (done.parent, done.branch, done.files) == (None, "trunk", [Changed("a", "added")])
    assert git(here, "reflog").count("second") == 1


async def test_what_cannot_be_committed(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project", {"a": "1\n", ".gitattributes": "*.bin filter=lfs\n", ".gitignore": "*.o\n"})
    write(here, {"x.bin": "large", "y.o": "object"})
    with pytest.raises(Conflict, match="Nothing has changed in `a`"):
        await made(served, here, "a")
    with pytest.raises(Conflict, match="Nothing has changed"):
        await made(served, here, "y.o")
    with pytest.raises(InvalidRequest, match="filter 'lfs'"):
        await made(served, here, "x.bin")
    for path, error in (
        ("../x", PathRefused),
        ("/etc/passwd", PathRefused),
        (".git/config", InvalidArguments),
        (".", InvalidArguments),
    ):
        with pytest.raises(error):
            await made(served, here, path)
    os.unlink(f"{here}/a")
    write(folder, {"secret": "secret"})
    os.link(f"{folder}/secret", f"{here}/a")
    with pytest.raises(PathRefused, match="several names"):
        await made(served, here, "a")
    assert git(here, "rev-list", "--count", "HEAD").strip() == "1" and git(here, "diff", "--cached") == ""


async def test_a_merge_that_is_not_done_is_left_alone(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    git(here, "switch", "-q", "-c", "other")
    write(here, {"a.txt": "other\n", "b.txt": "other\n"})
    git(here, "commit", "-q", "-a", "-m", "other")
    git(here, "switch", "-q", "main")
    write(here, {"a.txt": "main\n"})
    git(here, "commit", "-q", "-a", "-m", "main")
    with pytest.raises(Exception, match="merge"):
        git(here, "merge", "other")
    with pytest.raises(Conflict, match="in conflict"):
        await made(served, here, "a.txt")
    git(here, "add", "a.txt")
    with pytest.raises(ToolFailed, match="partial commit"):
        await made(served, here, "b.txt")


async def test_nothing_of_a_hostile_repository_runs(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    poisoned(here, f"{folder}/marks")
    write(here, {"a.txt": "changed\n"})
    with pytest.raises(InvalidRequest, match="filter 'evil'"):
        await made(served, here, "a.txt")
    write(here, {".git/info/attributes": "* diff=evil merge=evil\n"})
    await made(served, here, "a.txt")
    assert os.listdir(f"{folder}/marks") == [] and git(here, "log", "--format=%G?").split()[0] == "N"
