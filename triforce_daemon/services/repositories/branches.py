"""Branches: listed, made, and switched to where nothing is lost by it."""

import asyncio
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace

from triforce_daemon.errors import Conflict, FileMissing, InvalidArguments, NotFound, PathRefused
from triforce_daemon.services.repositories.attributes import check_filters
from triforce_daemon.services.repositories.repositories import Opened, Repositories
from triforce_daemon.services.repositories.status import status_of
from triforce_daemon.workspaces.checkout import OF_GIT
from triforce_daemon.workspaces.relative import Parts, shown
from triforce_daemon.workspaces.room import Room

_BRANCHES = "refs/heads/"
_MOST, _SHOWN = 1_000, 5
_FORMAT = "%(refname)%00%(objectname)%00%(upstream:short)%00%(committerdate:iso-strict)"


@dataclass(frozen=True, slots=True)
class Branch:
    name: str
    commit: str
    upstream: str | None
    committed: str
    """When."""


@dataclass(frozen=True, slots=True)
class Branches:
    items: list[Branch]
    current: str | None
    """None where a commit is checked out, and no branch."""
    truncated: bool


async def branches(repositories: Repositories, opened: Opened) -> Branches:
    """Those of the repository itself, by name."""
    words = ["for-each-ref", f"--count={_MOST + 1}", f"--format={_FORMAT}", _BRANCHES]
    lines = (await repositories.ask(opened, words)).output.decode(errors="replace").splitlines()
    found = [_branch(*line.split("\0")) for line in lines]
    return Branches(found[:_MOST], await current(repositories, opened), len(found) > _MOST)


async def current(repositories: Repositories, opened: Opened) -> str | None:
    """The name of the branch that is checked out."""
    ran = await repositories.ask(opened, ["symbolic-ref", "--quiet", "HEAD"], fine=(0, 1))
    return ran.output.decode(errors="replace").strip().removeprefix(_BRANCHES) or None


async def create(repositories: Repositories, opened: Opened, name: str) -> None:
    """Make a branch of what is checked out, which stays so. Raises InvalidArguments, Conflict, ToolFailed."""
    ran = await repositories.ask(opened, ["check-ref-format", _BRANCHES + name], fine=(0, 1))
    if ran.status or name.startswith("-") or name == "HEAD":
        raise InvalidArguments(f"{shown(name)} is no name for a branch.", "Take letters, numbers, - and /.")
    if await _commit(repositories, opened, name) is not None:
        raise Conflict(f"There is a branch {shown(name)} already.", "git_branch lists them.")
    await repositories.ask(opened, ["branch", "--no-track", name])


async def switch(repositories: Repositories, opened: Opened, name: str) -> None:
    """Check a branch out. Raises NotFound, Conflict where something is not committed, InvalidRequest, ToolFailed."""
    target = await _commit(repositories, opened, name)
    if target is None:
        raise NotFound(f"There is no branch {shown(name)}.", "git_branch lists them.")
    status = await status_of(repositories, replace(opened, below=()))
    if open_ends := [one.path for one in (*status.staged, *status.changed)]:
        named = ", ".join(map(shown, open_ends[:_SHOWN]))
        raise Conflict(f"{len(open_ends)} files have changes that are not committed: {named}.", "Commit them first.")
    await _check_elsewhere(repositories, opened, name)
    if status.commit is not None:
        await _check_filters(repositories, opened, status.commit, target)
    await repositories.ask(opened, ["switch", "-q", "--no-guess", "--no-recurse-submodules", name])


async def _commit(repositories: Repositories, opened: Opened, name: str) -> str | None:
    ran = await repositories.ask(opened, ["show-ref", "--verify", "--hash", _BRANCHES + name], fine=(0, 1, 128))
    return ran.output.decode().strip() or None


async def _check_elsewhere(repositories: Repositories, opened: Opened, name: str) -> None:
    """Refuse a branch that another working tree of the repository has: git, run as it is here, does not see these."""

    wanted = f"ref: {_BRANCHES}{name}\n".encode()

    def has_it(room: Room, _: Parts) -> bool:
        with suppress(FileMissing, PathRefused):
            trees = room.entries((*opened.root, OF_GIT, "worktrees"))
            return any(room.read((*tree.parts, "HEAD"), 0, len(wanted)).data == wanted for tree in trees)
        return False

    if await repositories.within(opened, has_it):
        raise Conflict(f"Another working tree has the branch {shown(name)}.", "Work there, or make another branch.")


async def _check_filters(repositories: Repositories, opened: Opened, here: str, there: str) -> None:
    """As the attributes of the other branch have it."""
    changed = await repositories.ask(opened, ["diff", "--name-only", "--no-renames", "-z", here, there], most=64 << 20)
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="triforce-git-")
    try:
        environ = {"GIT_INDEX_FILE": os.path.join(folder.name, "index")}
        await repositories.ask(opened, ["read-tree", there], environ=environ)
        names = changed.output.decode(errors="replace").split("\0")[:-1]
        await check_filters(repositories, opened, names, ["--cached"], environ)
    finally:
        await asyncio.to_thread(folder.cleanup)


def _branch(name: str, commit: str, upstream: str, committed: str) -> Branch:
    return Branch(name.removeprefix(_BRANCHES), commit, upstream or None, committed)
