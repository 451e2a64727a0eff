"""What is opened lies below the folder: with openat2 and without it, also while somebody exchanges things."""

import errno
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.triforce_daemon.workspaces.racer import racing
from triforce_daemon.errors import FileChanged, FileMissing, PathRefused
from triforce_daemon.workspaces.beneath import Beneath

CANARY = b"canary"


@pytest.fixture
def root(folder: str) -> Iterator[int]:
    os.makedirs(f"{folder}/base/a/b")
    os.mkdir(f"{folder}/outside")
    for path in ("outside/file", "base/a/b/file"):
        with open(f"{folder}/{path}", "wb") as file:
            file.write(CANARY if "outside" in path else b"fine")
    descriptor = os.open(f"{folder}/base", os.O_PATH | os.O_DIRECTORY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture(params=[True, False], ids=["openat2", "walk"])
def beneath(request: pytest.FixtureRequest) -> Beneath:
    return Beneath(kernel=request.param)


def read(beneath: Beneath, root: int, *parts: str) -> bytes:
    descriptor = beneath.open(root, parts, os.O_RDONLY)
    try:
        return os.read(descriptor, 100)
    finally:
        os.close(descriptor)


def test_what_is_there_is_opened(beneath: Beneath, root: int) -> None:
    assert read(beneath, root, "a", "b", "file") == b"fine"
    os.close(beneath.open(root, (), os.O_PATH))
    with pytest.raises(FileMissing):
        beneath.open(root, ("a", "nothing"), os.O_RDONLY)
    with pytest.raises(PathRefused, match="no folder"):
        beneath.open(root, ("a", "b", "file", "x"), os.O_RDONLY)


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_PATH])
@pytest.mark.parametrize("target", ["../outside/file", "/proc/self/root", "a/b/file", "{folder}/outside", "."])
def test_no_link_is_followed(beneath: Beneath, root: int, folder: str, target: str, flags: int) -> None:
    os.symlink(target.format(folder=folder), f"{folder}/base/link")
    for parts in (("link",), ("link", "file")):
        with pytest.raises(PathRefused):
            beneath.open(root, parts, flags)


@pytest.mark.parametrize("parts", [("..",), ("..", "outside", "file"), ("a", "..", "..", "outside", "file")])
def test_nobody_goes_up(beneath: Beneath, root: int, parts: tuple[str, ...]) -> None:
    with pytest.raises(PathRefused):
        beneath.open(root, parts, os.O_PATH)


def test_descriptors_are_closed(beneath: Beneath, root: int) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with suppress(PathRefused, FileMissing):
            beneath.open(root, ("a", "b", "nothing"), os.O_PATH)
        with suppress(PathRefused, FileMissing):
            beneath.open(root, ("..",), os.O_PATH)
    assert len(os.listdir("/proc/self/fd")) == before


def test_where_the_kernel_has_no_openat2_it_is_walked(root: int, monkeypatch: pytest.MonkeyPatch) -> None:
    beneath = Beneath()

    def absent(*_: object) -> int:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(beneath, "_ask", absent)
    assert read(beneath, root, "a", "b", "file") == b"fine"


@pytest.mark.long
def test_a_race_is_never_won(beneath: Beneath, root: int, folder: str, in_full: bool) -> None:
    os.mkdir(f"{folder}/outside/b")
    with open(f"{folder}/outside/b/file", "wb") as file:
        file.write(CANARY)
    seen = Counter[str]()
    with racing(f"{folder}/base/a", f"{folder}/outside"):
        tries = 0
        # On a busy machine one of the two may not come to run for a while.
        while (tries := tries + 1) < (10_000 if in_full else 500) or not (seen["fine"] and len(seen) > 1):
            try:
                assert read(beneath, root, "a", "b", "file") != CANARY
                seen["fine"] += 1
            except PathRefused:
                seen["refused"] += 1
            except FileMissing:
                seen["missing"] += 1
            except FileChanged:
                # Moved away each of the times that the kernel has looked.
                continue
