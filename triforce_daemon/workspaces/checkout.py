"""A git repository in a workspace: where it is, and whether all that git would touch lies in it as well."""

from collections.abc import Iterator
from dataclasses import dataclass

from triforce_daemon.errors import FileMissing, PathRefused
from triforce_daemon.workspaces.relative import Parts, shown, text_of
from triforce_daemon.workspaces.room import Entry, Room

OF_GIT = ".git"
_CONFIG_BYTES = 1 << 20
_DEPTH = 32
#: What git appends to or replaces there goes wherever these lead.
_WRITTEN = ("refs", "logs", "info")
#: By these git reads what lies in another repository.
_ELSEWHERE = (("commondir",), ("objects", "info", "alternates"), ("objects", "info", "http-alternates"))


@dataclass(frozen=True, slots=True)
class Checkout:
    """`root` is the way to its folder from the workspace's root on, `below` from there to what was asked for."""

    root: Parts
    below: Parts
    config: bytes
    """As somebody has written it: nothing of it is to be believed."""


def checkout(room: Room, parts: Parts) -> Checkout:
    """The repository that `parts` lies in, within the workspace. Raises PathRefused, FileMissing."""
    for depth in range(len(_folder(room, parts)), -1, -1):
        root = parts[:depth]
        try:
            kind = room.kind((*root, OF_GIT))
        except FileMissing:
            continue
        _check(room, root, kind)
        return Checkout(root, parts[depth:], room.read((*root, OF_GIT, "config"), 0, _CONFIG_BYTES).data)
    raise FileMissing(f"{shown(text_of(parts))} lies in no git repository.", "It has to begin within the workspace.")


def _folder(room: Room, parts: Parts) -> Parts:
    """Where to begin: a file, also one that is gone, belongs to the repository of its folder."""
    try:
        return parts if room.kind(parts) == "folder" else parts[:-1]
    except FileMissing:
        return parts[:-1]


def _check(room: Room, root: Parts, kind: str) -> None:
    place = shown(text_of(root))
    if kind != "folder":
        raise PathRefused(
            f"The repository of {place} lies elsewhere: it is a linked worktree or a submodule.",
            "Name the main working tree.",
        )
    if room.holds_the_daemons_own(root):
        raise PathRefused(f"In the repository {place} lies what is the daemon's own.", "No workspace opens it.")
    for entry in _entries(room, (*root, OF_GIT)):
        if entry.kind not in ("file", "folder") or (entry.kind == "file" and entry.names > 1):
            raise PathRefused(f"{shown(text_of(entry.parts))} leads elsewhere.", "Make it an ordinary file.")
        if entry.parts[len(root) + 1 :] in _ELSEWHERE:
            raise PathRefused(
                f"The repository {place} keeps its objects elsewhere.", "`git repack -ad` brings them in."
            )


def _entries(room: Room, git: Parts) -> Iterator[Entry]:
    """What could lead elsewhere. Objects have further names in a repository that was cloned beside it."""
    yield from room.entries(git)
    for name in _WRITTEN:
        try:
            yield from room.walk((*git, name), _DEPTH)
        except FileMissing:
            continue
    for entry in room.entries((*git, "objects")):
        yield entry
        if entry.parts[-1] == "info":
            yield from room.entries(entry.parts)
