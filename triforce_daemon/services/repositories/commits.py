"""Commits: of what is staged, or of named files. No hook, filter or signing program runs, and nothing is pushed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from triforce_daemon.errors import Conflict, InvalidArguments
from triforce_daemon.services.repositories.attributes import check_filters
from triforce_daemon.services.repositories.repositories import Opened, Repositories
from triforce_daemon.services.repositories.status import Changed, Kind, Status, paths, status_of
from triforce_daemon.workspaces.relative import parts_of, shown, text_of

_SHOWN = 5
_KINDS: dict[str, Kind] = {"A": "added", "M": "modified", "D": "deleted", "T": "type"}


@dataclass(frozen=True, slots=True)
class Commit:
    id: str
    parent: str | None
    """None: it is the first one."""
    branch: str | None
    files: list[Changed]


async def commit(
    repositories: Repositories, opened: Opened, author: Mapping[str, str], message: str, files: Sequence[str]
) -> Commit:
    """Commit `files`, by their paths from the repository's root on, and nothing else; or, without, what is staged.

    Raises InvalidArguments, Conflict where nothing has changed, PathRefused, InvalidRequest, ToolFailed.
    """
    opened = replace(opened, below=tuple(_checked(path) for path in files))
    before = await status_of(repositories, opened, each=True)
    conflicts = [one.path for one in before.changed if one.change == "conflict"]
    if conflicts:
        raise Conflict(f"{_named(conflicts)} is in conflict.", "Put it right, then commit it with git itself.")
    only = await _staged(repositories, opened, before) if files else []
    if not files and not before.staged:
        raise Conflict("Nothing is staged.", "Name the files that are to be committed; git_status shows them.")
    words = ["commit", "-q", "--no-verify", "--no-gpg-sign", f"--message={message}", *only]
    await repositories.ask(opened, words, text=_listed(opened.below) if only else b"", environ=author)
    return await _made(repositories, opened, before)


async def _staged(repositories: Repositories, opened: Opened, before: Status) -> list[str]:
    """Stage the files; the words by which git then commits them alone."""
    changed = list(dict.fromkeys(paths(before)))
    if before.truncated or not changed:
        said = "Too much has changed" if before.truncated else "Nothing has changed"
        raise Conflict(f"{said} in {_named(list(opened.below))}.", "git_status shows what has.")
    await repositories.check_names(opened, changed)
    await check_filters(repositories, opened, changed)
    from_input = ["--pathspec-from-file=-", "--pathspec-file-nul"]
    # What is renamed has gone elsewhere as well: git knows it by both names.
    await repositories.ask(opened, ["add", "--all", *from_input], text=_listed(opened.below))
    return ["--only", *from_input]


async def _made(repositories: Repositories, opened: Opened, before: Status) -> Commit:
    head = (await repositories.ask(opened, ["rev-parse", "HEAD"])).output.decode().strip()
    words = ["diff-tree", "--root", "--no-commit-id", "--name-status", "--no-renames", "-r", "-z", "HEAD"]
    ran = await repositories.ask(opened, words, most=64 << 20)
    fields = ran.output.decode(errors="replace").split("\0")
    pairs = zip(fields[0::2], fields[1::2], strict=False)
    files = [Changed(path, _KINDS.get(kind, "modified")) for kind, path in pairs]
    return Commit(head, before.commit, before.branch, files)


def _checked(path: str) -> str:
    parts = parts_of(path)
    if not parts or any(name.casefold() == ".git" for name in parts):
        raise InvalidArguments(f"{shown(path)} cannot be committed.", "Name files from the repository's root on.")
    return text_of(parts)


def _listed(names: Sequence[str]) -> bytes:
    return "".join(f"{name}\0" for name in names).encode()


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(shown, names[:_SHOWN])) + more
