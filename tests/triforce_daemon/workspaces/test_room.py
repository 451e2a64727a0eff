"""A workspace from inside: what works, what is refused, and that nothing outside was touched by any of it."""

import os
import socket
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.triforce_daemon.workspaces.racer import racing
from triforce_daemon.errors import FileChanged, FileMissing, PathRefused, PayloadTooLarge
from triforce_daemon.workspaces.beneath import Beneath
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.room import Piece, Room, Root, Version

CANARY = "canary"
MOST = 1 << 20


@pytest.fixture
def outside(folder: str) -> str:
    """A folder beside the workspace; `state` in the workspace is the daemon's own."""
    os.makedirs(f"{folder}/desk/state")
    os.mkdir(f"{folder}/outside")
    for path in ("outside/file", "desk/state/vault", "desk/file"):
        with open(f"{folder}/{path}", "w") as file:
            file.write("text" if path == "desk/file" else CANARY)
    return f"{folder}/outside"


@contextmanager
def entered(folder: str, *, write: bool = True, hard_links: bool = False) -> Generator[Room]:
    guard = Guard([f"{folder}/desk/state"], [f"{folder}/desk/state/workspaces"])
    with Room.enter(Root("work", os.path.realpath(f"{folder}/desk"), write, hard_links), Beneath(), guard) as room:
        yield room


@pytest.fixture
def room(folder: str, outside: str) -> Iterator[Room]:
    with entered(folder) as room:
        yield room


def audit(folder: str) -> list[tuple[object, ...]]:
    """All that can be told of what lies below: its numbers, names, times and contents."""
    found: list[tuple[object, ...]] = []
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(place, name)
            told = os.lstat(path)
            text = b""
            if name in files:
                with open(path, "rb") as file:
                    text = file.read()
            found.append((path, told.st_ino, told.st_nlink, told.st_mode, told.st_size, told.st_mtime_ns, text))
    return sorted(found, key=str)


def content(folder: str, path: str) -> str:
    with open(f"{folder}/desk/{path}") as file:
        return file.read()


def old(room: Room, *parts: str) -> Version:
    version = room.version(parts, MOST)
    assert version is not None
    return version


def test_a_file_is_read(room: Room) -> None:
    digest = "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
    assert room.read(("file",), 0, 100) == Piece(b"text", 4, digest)
    assert room.read(("file",), 1, 2) == Piece(b"ex", 4, digest)
    assert room.read(("file",), 9, 2).data == b""
    assert room.version(("nothing",), MOST) is None
    with pytest.raises(PayloadTooLarge):
        room.version(("file",), 3)


def test_a_new_file_with_the_folders_above_it(room: Room, folder: str) -> None:
    room.replace(("a", "b", "new"), b"hello", None)
    assert content(folder, "a/b/new") == "hello"
    assert os.stat(f"{folder}/desk/a/b/new").st_mode & 0o777 == 0o644
    with pytest.raises(FileChanged, match="already"):
        room.replace(("a", "b", "new"), b"again", None)
    assert content(folder, "a/b/new") == "hello"
    assert os.listdir(f"{folder}/desk/a/b") == ["new"]


def test_a_file_is_replaced_as_a_whole_and_keeps_its_mode(room: Room, folder: str) -> None:
    os.chmod(f"{folder}/desk/file", 0o751)
    with open(f"{folder}/desk/file") as reader:
        room.replace(("file",), b"other", old(room, "file"))
        assert reader.read() == "text"
    assert content(folder, "file") == "other"
    assert os.stat(f"{folder}/desk/file").st_mode & 0o777 == 0o751


@pytest.mark.parametrize("now", ["longer text", "tex", "exit", None])
def test_what_somebody_has_changed_is_left_alone(room: Room, folder: str, now: str | None) -> None:
    before = old(room, "file")
    os.unlink(f"{folder}/desk/file")
    if now is not None:
        with open(f"{folder}/desk/file", "w") as file:
            file.write(now)
    with pytest.raises(FileChanged):
        room.replace(("file",), b"mine", before)
    with pytest.raises(FileChanged):
        room.remove(("file",), before)
    assert now is None or content(folder, "file") == now


def test_a_file_is_removed(room: Room, folder: str) -> None:
    room.remove(("file",), old(room, "file"))
    assert os.listdir(f"{folder}/desk") == ["state"]


def test_folders_are_listed_without_what_is_the_daemons(room: Room, folder: str) -> None:
    os.makedirs(f"{folder}/desk/a/b/c")
    os.symlink("a", f"{folder}/desk/link")
    os.mkfifo(f"{folder}/desk/pipe")
    found = [(entry.parts, entry.kind) for entry in room.entries(())]
    assert found == [(("a",), "folder"), (("file",), "file"), (("link",), "link"), (("pipe",), "other")]
    assert ["/".join(entry.parts) for entry in room.walk((), 9)] == ["a", "a/b", "a/b/c", "file", "link", "pipe"]
    assert ["/".join(entry.parts) for entry in room.walk((), 2, skip=["a"])] == ["a", "file", "link", "pipe"]
    assert room.kind(("a",)) == "folder"


def test_a_workspace_that_may_only_be_read(folder: str, outside: str) -> None:
    with entered(folder, write=False) as room:
        before = old(room, "file")
        for change in (lambda: room.replace(("file",), b"x", before), lambda: room.remove(("file",), before)):
            with pytest.raises(PathRefused, match="read only"):
                change()


def test_a_workspace_that_is_not_there(folder: str) -> None:
    with pytest.raises(PathRefused, match="cannot be opened"), entered(folder):
        pass


def test_the_daemons_own_is_no_workspace_but_what_is_kept_there_for_others_is(folder: str, outside: str) -> None:
    os.makedirs(f"{folder}/desk/state/workspaces/anna")
    guard = Guard([f"{folder}/desk/state"], [f"{folder}/desk/state/workspaces"])
    with pytest.raises(PathRefused), Room.enter(Root("x", f"{folder}/desk/state", True), Beneath(), guard):
        pass
    with Room.enter(Root("x", f"{folder}/desk/state/workspaces/anna", True), Beneath(), guard) as room:
        room.replace(("new",), b"hello", None)


def plant(folder: str) -> None:
    """All that leads out of a workspace, or is no file."""
    work, outside = f"{folder}/desk", f"{folder}/outside"
    os.symlink(f"{outside}/file", f"{work}/link")
    os.symlink("../outside", f"{work}/way")
    os.symlink("state/vault", f"{work}/secret")
    os.link(f"{outside}/file", f"{work}/hard")
    os.mkfifo(f"{work}/pipe")
    os.mkdir(f"{work}/.git")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{work}/socket")
    with suppress(PermissionError):
        os.mknod(f"{work}/device", 0o20666, os.makedev(1, 3))


REFUSED = [
    ("link",), ("way", "file"), ("way", "new"), ("secret",), ("hard",), ("pipe",), ("socket",), ("device",),
    ("state", "vault"), ("state", "new"), ("state",), ("..", "outside", "file"), (),
]  # fmt: skip


@pytest.mark.parametrize("parts", REFUSED, ids="/".join)
def test_nothing_outside_is_read_or_touched(room: Room, folder: str, outside: str, parts: tuple[str, ...]) -> None:
    plant(folder)
    before, own = audit(outside), audit(f"{folder}/desk/state")
    for attempt in (
        lambda: room.read(parts, 0, 100),
        lambda: room.version(parts, MOST),
        lambda: room.replace(parts, b"mine", Version(CANARY.encode(), 0o644)),
        lambda: room.replace(parts, b"mine", None),
        lambda: room.replace((*parts, "x"), b"mine", None),
        lambda: room.remove(parts, Version(CANARY.encode(), 0o644)),
    ):
        # A file that was not there before may be made where the workspace itself is meant.
        with suppress(PathRefused, FileMissing, FileChanged):
            assert not attempt()
    assert audit(outside) == before
    assert audit(f"{folder}/desk/state") == own


@pytest.mark.parametrize("parts", [(".git", "hooks", "x"), (".GIT", "config"), ("a", ".git", "x")], ids="/".join)
def test_what_git_would_run_is_not_written(room: Room, parts: tuple[str, ...]) -> None:
    with pytest.raises(PathRefused, match="git's own"):
        room.replace(parts, b"x", None)


def test_hard_links_may_be_read_where_the_settings_say_so_and_are_never_written(folder: str, outside: str) -> None:
    plant(folder)
    with entered(folder, hard_links=True) as room:
        assert room.read(("hard",), 0, 100).data == CANARY.encode()
        room.replace(("hard",), b"mine", old(room, "hard"))
    assert content(folder, "hard") == "mine"
    with open(f"{outside}/file") as file:
        assert file.read() == CANARY


def test_two_ways_to_write_one_name_are_not_both_made(room: Room, folder: str) -> None:
    room.replace(("café",), b"one", None)
    with pytest.raises(FileChanged, match="written in another way"):
        room.replace(("cafe\u0301",), b"two", None)
    with pytest.raises(FileMissing):
        room.read(("cafe\u0301",), 0, 10)


def test_a_name_that_is_too_long_for_the_file_system(room: Room) -> None:
    with pytest.raises((PathRefused, OSError)):
        room.read(("x" * 300,), 0, 10)
    room.replace(("x" * 255,), b"one", None)
    assert room.read(("x" * 255,), 0, 10).data == b"one"


def test_a_draft_does_not_stay_where_writing_fails(room: Room, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        room.replace(("file",), b"other", old(room, "file"))
    assert sorted(os.listdir(f"{folder}/desk")) == ["file", "state"]
    assert content(folder, "file") == "text"


@pytest.mark.long
def test_whoever_races_writes_nothing_outside(room: Room, folder: str, outside: str, in_full: bool) -> None:
    os.mkdir(f"{folder}/desk/a")
    before = audit(outside)
    made = tries = 0
    with racing(f"{folder}/desk/a", outside):
        while (tries := tries + 1) < (10_000 if in_full else 500) or not made:
            with suppress(PathRefused, FileMissing, FileChanged):
                room.replace(("a", f"new{tries % 50}"), b"x", None)
                made += 1
            with suppress(PathRefused, FileMissing, FileChanged):
                room.remove(("a", f"new{tries % 50}"), Version(b"x", 0o644))
    assert audit(outside) == before
