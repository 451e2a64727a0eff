"""What has changed in a working tree, line by line."""

from dataclasses import dataclass

from triforce_daemon.children.git import Ran
from triforce_daemon.errors import NotFound, ToolFailed
from triforce_daemon.services.repositories.repositories import Opened, Repositories

_MOST_NAMES = 1 << 20
_LOOK = {"GIT_OPTIONAL_LOCKS": "0"}


@dataclass(frozen=True, slots=True)
class Counted:
    path: str
    before: str | None
    """Its former path."""
    added: int | None
    """Lines; None where it is no text."""
    removed: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    diff: str
    files: list[Counted]
    truncated: bool


async def difference(
    repositories: Repositories, opened: Opened, *, staged: bool, ref: str | None, most: int
) -> Difference:
    """What is not staged yet, or what is, or since a commit. `most`: bytes of it.

    Raises NotFound where there is no such commit, PathRefused, ToolFailed.
    """
    words = ["--cached"] if staged else []
    if ref is not None:
        words.append(await commit_of(repositories, opened, ref))
    counts = await _diff(repositories, opened, ["--numstat", "-z", *words], _MOST_NAMES)
    if counts.truncated:
        raise ToolFailed("Too many files are changed.", "Name a path within the repository.")
    files = read(counts.output.decode(errors="replace"))
    if not staged:
        await repositories.check_names(opened, [one.path for one in files])
    ran = await _diff(repositories, opened, words, most)
    return Difference(ran.output.decode(errors="replace"), files, ran.truncated)


async def commit_of(repositories: Repositories, opened: Opened, ref: str) -> str:
    """The id of a commit that is named in one of git's ways. Raises NotFound."""
    ran = await repositories.ask(opened, ["rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"], fine=(0, 1, 128))
    if ran.status:
        raise NotFound(f"There is no commit {ref!r}.", "git_branch lists the branches.")
    return ran.output.decode().strip()


async def _diff(repositories: Repositories, opened: Opened, words: list[str], most: int) -> Ran:
    plain = ["diff", "--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "-M"]
    return await repositories.ask(opened, [*plain, *words, "--", *opened.below], most=most, environ=_LOOK)


def read(text: str) -> list[Counted]:
    """From what `git diff --numstat -z` says: a renamed file has no path on its line, and two after it."""
    found: list[Counted] = []
    lines = iter(text.split("\0"))
    for line in lines:
        if not line:
            continue
        added, removed, path = line.split("\t", 2)
        before = None
        if not path:
            before, path = next(lines), next(lines)
        found.append(Counted(path, before, _number(added), _number(removed)))
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
