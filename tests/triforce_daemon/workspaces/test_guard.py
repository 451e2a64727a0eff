"""What no workspace opens."""

import os
import stat

import pytest

from triforce_daemon.errors import PathRefused
from triforce_daemon.workspaces.guard import Guard, check_file


def test_the_daemons_own_is_hidden_with_all_below_it(folder: str) -> None:
    os.symlink("state", f"{folder}/link")
    os.mkdir(f"{folder}/state")
    guard = Guard([f"{folder}/link", f"{folder}/triforce.db"], [f"{folder}/state/workspaces"])
    real = os.path.realpath(folder)
    assert guard.hides(f"{real}/state") and guard.hides(f"{real}/state/vault/x") and guard.hides(f"{real}/triforce.db")
    assert not guard.hides(f"{real}/state2") and not guard.hides(real)
    assert not guard.hides(f"{real}/state/workspaces/anna")
    assert guard.hides(f"{real}/state/workspaces2")


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "a folder"), ("/dev/null", "a device"), ("/proc/self/exe", "a symbolic link")]
)
def test_what_is_no_file(path: str, kind: str) -> None:
    with pytest.raises(PathRefused, match=kind):
        check_file(os.lstat(path), ("x",), hard_links=True)


def test_further_names(folder: str) -> None:
    with open(f"{folder}/a", "w"):
        os.link(f"{folder}/a", f"{folder}/b")
    found = os.stat(f"{folder}/a")
    assert stat.S_ISREG(found.st_mode)
    with pytest.raises(PathRefused, match="2 names"):
        check_file(found, ("a",), hard_links=False)
    check_file(found, ("a",), hard_links=True)


def test_what_holds_the_daemons_own(folder: str) -> None:
    real = os.path.realpath(folder)
    guard = Guard([f"{real}/a/state"], [])
    assert guard.lies_in(f"{real}/a") and guard.lies_in(real) and not guard.lies_in(f"{real}/b")
