"""What children use together."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from triforce_daemon.children.watch import Shares, Watch, descendants

PLENTY = Shares(processes=100, memory_bytes=1 << 40, disk_bytes=1 << 40)


@pytest.fixture
def family() -> Iterator[int]:
    """A shell with two children, one of which has one of its own."""
    script = "sh -c 'sleep 60 & echo; wait' & sleep 60 & wait"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        while len(list(descendants(parent.pid))) < 4:
            pass
        yield parent.pid
        os.killpg(parent.pid, 9)


def test_all_that_came_of_it_is_counted(family: int) -> None:
    assert len(list(descendants(family))) == 4
    assert Watch(family, PLENTY, (), ()).excess() is None
    assert Watch(family, Shares(3, 1 << 40, 1 << 40), (), ()).excess() == "processes"
    assert Watch(family, Shares(4, 100_000, 1 << 40), (), ()).excess() == "memory"


def test_one_that_has_ended_is_no_excess() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
        assert Watch(child.pid, PLENTY, (), ("/tmp",)).excess() is None


def test_a_disk_becomes_fuller(family: int, folder: str) -> None:
    watch = Watch(family, Shares(100, 1 << 40, 20 << 20), (folder,), ())
    assert watch.excess() is None
    with open(os.path.join(folder, "large"), "wb") as file:
        os.posix_fallocate(file.fileno(), 0, 64 << 20)
    assert watch.excess() == "disk"


def test_what_is_on_our_own_disk_is_not_its(family: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets a root of its own just after the files of ours were counted."""
    counted: list[str] = []
    of, where = os.statvfs("/"), os.stat

    def statvfs(path: str) -> os.statvfs_result:
        counted.append(path)
        return _crowded(of)

    def stat(path: str, **more: Any) -> os.stat_result:
        # Its root is ours until something was counted, and /proc from then on.
        return where("/proc", **more) if counted and str(path).startswith("/proc/") else where("/", **more)

    watch = Watch(family, PLENTY, (), ("/tmp",))
    monkeypatch.setattr(os, "statvfs", statvfs)
    monkeypatch.setattr(os, "stat", stat)
    assert watch.excess() is None
    # From now on it has a root of its own.
    counted.append("/")
    assert watch.excess() == "disk"


def _crowded(of: os.statvfs_result) -> os.statvfs_result:
    """As full as a machine's own disk is: of a million files none is left."""
    return os.statvfs_result((*of[:5], 1_000_000, 0, 0, *of[8:]))
