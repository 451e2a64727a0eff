"""What is refused though it lies in a workspace: the daemon's own files, and what is no ordinary file."""

import os
import stat
from collections.abc import Sequence

from triforce_daemon.errors import PathRefused
from triforce_daemon.workspaces.relative import Parts, shown, text_of

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFLNK: "a symbolic link",
}


class Guard:
    def __init__(self, hidden: Sequence[str], open_to: Sequence[str]) -> None:
        """`hidden`: folders and files that nobody gets at; `open_to`: folders below them that are workspaces."""
        self._hidden = [os.path.realpath(path) for path in hidden]
        self._open_to = [os.path.realpath(path) for path in open_to]

    def check(self, descriptor: int, parts: Parts) -> None:
        """Refuse what is the daemon's own, by where the kernel says that it is. Raises PathRefused."""
        if self.hides(os.readlink(f"/proc/self/fd/{descriptor}")):
            raise PathRefused(f"{shown(text_of(parts))} is the daemon's own.", "No workspace opens it.")

    def hides(self, path: str) -> bool:
        """Whether a real path is the daemon's own, or lies in what is."""
        if any(_within(path, place) for place in self._open_to):
            return False
        return any(_within(path, place) for place in self._hidden)

    def lies_in(self, folder: str) -> bool:
        """Whether something of the daemon's own lies below a real path."""
        return any(_within(place, folder) for place in self._hidden)


def check_file(found: os.stat_result, parts: Parts, hard_links: bool) -> None:
    """Refuse what is no ordinary file, and what has further names, which may stand anywhere. Raises PathRefused."""
    place = shown(text_of(parts))
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "something else")
        raise PathRefused(f"{place} is {kind}, not a file.", "Name an ordinary file.")
    if found.st_nlink > 1 and not hard_links:
        raise PathRefused(
            f"{place} has {found.st_nlink} names (hard links), and others of them may lie outside.",
            "Make it a copy of its own, or set workspaces.NAME.hard_links.",
        )


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}/")
