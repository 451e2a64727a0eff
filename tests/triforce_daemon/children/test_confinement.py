"""The words for bubblewrap: what is given, what covers it, and what nobody is given."""

import os

import pytest

from triforce_daemon.children.confinement import Grant, Hidden, arguments


def words(grant: Grant, hidden: Hidden | None = None) -> str:
    return " ".join(arguments(grant, hidden or Hidden(), 1 << 20, "/tmp"))


def test_nothing_is_shared_unless_it_is_granted() -> None:
    alone, connected = words(Grant()), words(Grant(network=True))
    assert "--unshare-all" in alone and "--share-net" not in alone
    assert "--share-net" in connected
    assert "resolv.conf" not in alone and "resolv.conf" in connected
    assert "passwd" not in connected and "shadow" not in connected


def test_what_is_given_keeps_its_name(folder: str) -> None:
    os.mkdir(f"{folder}/a")
    os.symlink("a", f"{folder}/b")
    text = words(Grant(read=(f"{folder}/b",), write=(f"{folder}/a/..",)))
    assert text.index(f"--bind {folder} {folder}") < text.index(f"--ro-bind {folder}/a {folder}/a")


def test_the_daemons_own_is_covered_and_what_is_given_below_it_is_not(folder: str) -> None:
    os.makedirs(f"{folder}/state/workspaces/anna")
    text = words(
        Grant(write=(folder, f"{folder}/state/workspaces/anna")),
        Hidden((f"{folder}/state", f"{folder}/config"), (f"{folder}/triforce.db",)),
    )
    assert f"--tmpfs {folder}/config" in text
    assert f"--ro-bind /dev/null {folder}/triforce.db" in text
    places = [f"--bind {folder} ", f"--tmpfs {folder}/state ", f"--bind {folder}/state/workspaces/anna "]
    assert [text.index(place) for place in places] == sorted(text.index(place) for place in places)
    # It cannot be made from inside, for it is there already.
    assert os.stat(f"{folder}/config").st_mode & 0o777 == 0o700


def test_what_lies_within_a_cover_has_its_place_before_that_is_closed(folder: str) -> None:
    os.makedirs(f"{folder}/state/run")
    os.makedirs(f"{folder}/state/home")
    grant = Grant(read=(folder,), write=(f"{folder}/state/home",))
    text = words(grant, Hidden((f"{folder}/state", f"{folder}/state/run")))
    closing = text.index(f"--remount-ro {folder}/state ")
    for inner in (f"--tmpfs {folder}/state/run ", f"--bind {folder}/state/home "):
        assert text.index(f"--tmpfs {folder}/state ") < text.index(inner) < closing
    assert f"--remount-ro {folder}/state/run" in text


def test_what_can_only_be_read_is_not_made(folder: str) -> None:
    text = words(Grant(read=(folder,)), Hidden((f"{folder}/config",), (f"{folder}/triforce.db",)))
    assert "config" not in text and "triforce.db" not in text
    assert os.listdir(folder) == []


@pytest.mark.parametrize("path", ["/", "/proc", "/proc/self", "/sys/fs", "/dev/shm", "/run/user", "//", "relative", ""])
def test_what_nobody_is_given(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|given"):
        words(Grant(read=(path,)))


def test_nobody_is_given_the_daemons_own(folder: str) -> None:
    with pytest.raises(ValueError, match="the daemon's own"):
        words(Grant(read=(folder,)), Hidden((folder,)))
