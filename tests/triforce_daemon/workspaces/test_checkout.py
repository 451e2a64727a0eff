"""A repository is found within the workspace, and refused where something of it leads elsewhere."""

import os
from collections.abc import Callable

import pytest

from tests.triforce_daemon.hostile_repository import git, repository
from triforce_daemon.errors import FileMissing, PathRefused
from triforce_daemon.workspaces.beneath import Beneath
from triforce_daemon.workspaces.checkout import Checkout, checkout
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.relative import parts_of
from triforce_daemon.workspaces.room import Room, Root


def found(folder: str, path: str = ".", hidden: str = "/nowhere") -> Checkout:
    root = Root("desk", os.path.realpath(f"{folder}/desk"), write=True)
    with Room.enter(root, Beneath(), Guard([hidden], [])) as room:
        return checkout(room, parts_of(path))


def test_the_nearest_one_is_meant(folder: str) -> None:
    repository(f"{folder}/desk")
    repository(f"{folder}/desk/a/b")
    assert found(folder, "a/c").root == () and found(folder, "a/c").below == ("a", "c")
    assert found(folder, "a/b").root == ("a", "b") and found(folder, "a/b/a.txt").below == ("a.txt",)
    assert b"[core]" in found(folder).config


def test_one_above_the_workspace_is_none(folder: str) -> None:
    repository(f"{folder}/above")
    os.mkdir(f"{folder}/above/desk")
    os.symlink("above/desk", f"{folder}/desk")
    with pytest.raises(FileMissing, match="no git repository"):
        found(folder, "x")


def link(git: str, outside: str, name: str) -> None:
    if os.path.lexists(f"{git}/{name}"):
        os.rename(f"{git}/{name}", f"{git}.{name.replace('/', '-')}")
    os.symlink(outside, f"{git}/{name}")


@pytest.mark.parametrize(
    "name", ["HEAD", "index", "config", "objects", "objects/ab", "refs", "refs/heads/x", "logs/HEAD", "info/exclude"]
)
def test_a_link_in_it_is_refused(folder: str, name: str) -> None:
    here = repository(f"{folder}/desk")
    link(f"{here}/.git", f"{folder}/outside", name)
    with pytest.raises(PathRefused, match="leads elsewhere"):
        found(folder)


@pytest.mark.parametrize("name", ["commondir", "objects/info/alternates"])
def test_one_that_needs_another_is_refused(folder: str, name: str) -> None:
    with open(f"{repository(f'{folder}/desk')}/.git/{name}", "w") as file:
        file.write(folder)
    with pytest.raises(PathRefused, match="elsewhere"):
        found(folder)


def hard_link(here: str) -> None:
    os.link(f"{here}/.git/logs/HEAD", f"{here}/../outside")


def file_of_git(here: str) -> None:
    git(here, "init", "-q", "--separate-git-dir", f"{here}/../elsewhere")


def bare_link(here: str) -> None:
    os.rename(f"{here}/.git", f"{here}/../elsewhere")
    os.symlink("../elsewhere", f"{here}/.git")


@pytest.mark.parametrize("change", [hard_link, file_of_git, bare_link])
def test_one_that_lies_elsewhere_is_refused(folder: str, change: Callable[[str], None]) -> None:
    change(repository(f"{folder}/desk"))
    with pytest.raises(PathRefused):
        found(folder)


def test_one_with_the_daemons_own_in_it_is_refused(folder: str) -> None:
    repository(f"{folder}/desk")
    with pytest.raises(PathRefused, match="daemon's own"):
        found(folder, hidden=f"{os.path.realpath(folder)}/desk/a/state")
    assert found(folder, hidden=f"{folder}/other").root == ()
