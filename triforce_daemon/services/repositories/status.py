"""What has changed in a working tree, and where its branch stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from triforce_daemon.services.repositories.repositories import Opened, Repositories

Kind = Literal["added", "modified", "deleted", "renamed", "copied", "type", "conflict"]

_MOST = 1 << 20
_KINDS: dict[str, Kind] = {
    "A": "added",
    "M": "modified",
    "D": "deleted",
    "R": "renamed",
    "C": "copied",
    "T": "type",
    "U": "conflict",
}
#: Fields before the path, by the line's first letter: git-status(1), "Porcelain Format Version 2".
_FIELDS = {"1": 8, "2": 9, "u": 10}


@dataclass(frozen=True, slots=True)
class Changed:
    path: str
    change: Kind
    before: str | None = None
    """Its former path."""


@dataclass(slots=True)
class Status:
    branch: str | None = None
    commit: str | None = None
    upstream: str | None = None
    ahead: int | None = None
    behind: int | None = None
    staged: list[Changed] = field(default_factory=list[Changed])
    changed: list[Changed] = field(default_factory=list[Changed])
    untracked: list[str] = field(default_factory=list[str])
    truncated: bool = False


async def status_of(repositories: Repositories, opened: Opened, *, each: bool = False) -> Status:
    """Of all of it, or of the path that was asked for. `each`: all files of a folder that git does not know."""
    words = ["status", "--porcelain=v2", "--branch", "-z", f"--untracked-files={'all' if each else 'normal'}"]
    ran = await repositories.ask(opened, [*words, "--", *opened.below], most=_MOST, environ={"GIT_OPTIONAL_LOCKS": "0"})
    # Of the last one there may be half.
    whole = ran.output.rpartition(b"\0")[0] if ran.truncated else ran.output
    return read(whole.decode(errors="replace"), truncated=ran.truncated)


def read(text: str, *, truncated: bool = False) -> Status:
    """From what `git status --porcelain=v2 --branch -z` says."""
    found = Status(truncated=truncated)
    lines = (line for line in text.split("\0") if line)
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "#":
            _head(found, rest)
        elif kind == "?":
            found.untracked.append(rest)
        elif kind in _FIELDS:
            _change(found, line, next(lines, None) if kind == "2" else None)
    return found


def _head(found: Status, line: str) -> None:
    name, _, value = line.partition(" ")
    match name:
        case "branch.oid":
            found.commit = None if value == "(initial)" else value
        case "branch.head":
            found.branch = None if value == "(detached)" else value
        case "branch.upstream":
            found.upstream = value
        case "branch.ab":
            ahead, behind = value.split()
            found.ahead, found.behind = int(ahead), -int(behind)
        case _:
            pass


def _change(found: Status, line: str, before: str | None) -> None:
    fields = line.split(" ", _FIELDS[line[0]])
    states, path = fields[1], fields[-1]
    if line[0] == "u":
        found.changed.append(Changed(path, "conflict"))
        return
    for state, items in zip(states, (found.staged, found.changed), strict=True):
        if state in _KINDS:
            items.append(Changed(path, _KINDS[state], before if state in "RC" else None))


def paths(status: Status) -> Iterator[str]:
    """Everything that is named."""
    for one in (*status.staged, *status.changed):
        yield one.path
    yield from status.untracked
