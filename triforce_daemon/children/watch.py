"""Looks at what a child and all below it use together, which no limit of the kernel's counts for an ordinary user."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Excess = Literal["processes", "memory", "disk"]

#: New files and folders, whatever they hold: each costs the disk, or memory, a piece of its own.
_MOST_FILES = 50_000
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Shares:
    """What all of them may have together."""

    processes: int
    memory_bytes: int
    """What is in memory and belongs to no file; what a child has of its parent counts for both."""
    disk_bytes: int
    """By how much the disks of the writable folders may become fuller."""


class Watch:
    """One child; `excess` says whether it goes too far."""

    def __init__(self, pid: int, shares: Shares, writable: Sequence[str], scratch: Sequence[str]) -> None:
        """`writable`: folders on this side; `scratch`: file systems of its own, as it calls them."""
        self._pid = pid
        self._shares = shares
        self._scratch = scratch
        self._before = {folder: os.statvfs(folder) for folder in writable}

    def excess(self) -> Excess | None:
        """What there is too much of at this moment; None also where the child has ended."""
        pids: list[int] = []
        pages = 0
        for pid in descendants(self._pid):
            pids.append(pid)
            if len(pids) > self._shares.processes:
                return "processes"
            pages += _resident(pid)
        if pages * _PAGE_BYTES > self._shares.memory_bytes:
            return "memory"
        return "disk" if self._too_full() or any(self._too_many(pid) for pid in pids[-1:]) else None

    def _too_full(self) -> bool:
        for folder, before in self._before.items():
            now = os.statvfs(folder)
            taken = (before.f_bavail - now.f_bavail) * now.f_frsize
            if taken > self._shares.disk_bytes or before.f_favail - now.f_favail > _MOST_FILES:
                return True
        return False

    def _too_many(self, pid: int) -> bool:
        """Whether its own file systems hold too many files; their bytes are limited already."""
        root = os.path.join("/proc", str(pid), "root")
        for place in self._scratch:
            try:
                # Before it has its own root, it is at ours; this is asked first, for it may get its own in between.
                if os.stat(root).st_dev == os.stat("/").st_dev:
                    continue
                found = os.statvfs(root + place)
            except OSError:
                continue
            if found.f_files - found.f_ffree > _MOST_FILES:
                return True
        return False


def descendants(pid: int) -> Iterator[int]:
    """The child and all that came of it, as far as they are alive; parents before their children."""
    waiting = [pid]
    while waiting:
        current = waiting.pop(0)
        yield current
        waiting += _children(current)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            _, resident, shared, *_ = file.read().split()
            return int(resident) - int(shared)
    except (FileNotFoundError, ProcessLookupError):
        return 0
