"""Who may use which folders."""

import os

import pytest

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import PathRefused
from triforce_daemon.settings import Workspace
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.roots import Roots

OWNER = Caller(kind="owner", name="me", uid=os.getuid())
ROOT = Caller(kind="owner", name="root", uid=os.getuid() + 1)
ANNA = Caller(kind="user", name="user/anna", user="1")
HER_TOKEN = Caller(kind="token", name="user/anna/laptop", token="t", user="1")
LAPTOP = Caller(kind="token", name="token/laptop", token="u")
GUEST = Caller(kind="guest", name="guest")


@pytest.fixture
def roots(folder: str) -> Roots:
    for name in ("docs", "docs/deep", "state"):
        os.mkdir(f"{folder}/{name}")
    settings = {
        "docs": Workspace(folder=f"{folder}/docs", callers=["user/anna", "token/laptop"]),
        "deep": Workspace(folder=f"{folder}/docs/deep", callers=["user/anna"], write=True),
        "mine": Workspace(callers=["user/anna/laptop", "user/ann", "anna"]),
    }
    return Roots(settings, f"{folder}/state/workspaces", Guard([f"{folder}/state"], [f"{folder}/state/workspaces"]))


@pytest.mark.parametrize(
    ("caller", "names"),
    [
        (OWNER, ["docs", "deep", "mine"]),
        (ROOT, ["docs", "deep", "mine"]),
        (ANNA, ["docs", "deep"]),
        (HER_TOKEN, ["docs", "deep"]),
        (LAPTOP, ["docs"]),
        (GUEST, []),
        (Caller(kind="user", name="user/annabel", user="2"), []),
        # A token that an account has made, by whatever name, is that account's.
        (Caller(kind="token", name="user/eve/laptop", token="v", user="3"), []),
    ],
    ids=lambda value: value.name if isinstance(value, Caller) else "",
)
def test_what_is_granted_to_whom(roots: Roots, caller: Caller, names: list[str]) -> None:
    assert [root.name for root in roots.of(caller)] == names


def test_where_the_command_line_stands_counts_for_the_daemons_own_user_alone(roots: Roots, folder: str) -> None:
    first = roots.of(OWNER, here=folder)[0]
    assert (first.name, first.folder, first.write) == ("here", os.path.realpath(folder), True)
    for caller in (ROOT, ANNA, HER_TOKEN, LAPTOP, GUEST):
        assert "here" not in [root.name for root in roots.of(caller, here=folder)]


@pytest.mark.parametrize("here", ["/", "/proc", "relative", "/no/such/folder", "{folder}/state", "{folder}/state/x"])
def test_where_nobody_works(roots: Roots, folder: str, here: str) -> None:
    with pytest.raises(PathRefused, match="no folder to work in"):
        roots.of(OWNER, here=here.format(folder=folder))


def test_a_folder_of_its_own_is_made(roots: Roots, folder: str) -> None:
    root = roots.of(OWNER)[2]
    assert root.folder == os.path.realpath(f"{folder}/state/workspaces/mine")
    assert os.stat(root.folder).st_mode & 0o777 == 0o700


def test_paths_are_found_in_their_workspace(roots: Roots, folder: str) -> None:
    real = os.path.realpath(folder)
    root, parts = roots.find(ANNA, "a/b")
    assert (root.name, parts) == ("docs", ("a", "b"))
    root, parts = roots.find(ANNA, f"{real}/docs/deep/x")
    assert (root.name, parts) == ("deep", ("x",))
    root, parts = roots.find(OWNER, "x", here=folder)
    assert (root.name, parts) == ("here", ("x",))


@pytest.mark.parametrize("path", ["/etc/passwd", "{real}/other", "{real}/docs/../state/x", "{real}/docs2", "../x"])
def test_paths_that_lie_elsewhere(roots: Roots, folder: str, path: str) -> None:
    with pytest.raises(PathRefused):
        roots.find(ANNA, path.format(real=os.path.realpath(folder)))


def test_who_has_no_workspace_is_told_how_to_get_one(roots: Roots) -> None:
    with pytest.raises(PathRefused, match="has no workspace") as refused:
        roots.find(GUEST, "x")
    assert "triforce config set" in (refused.value.hint or "")
