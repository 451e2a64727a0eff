"""Git repositories in the caller's workspaces. Nothing is fetched, nothing is pushed, and no program of theirs runs."""

from dataclasses import asdict
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.files import Place
from triforce_daemon.services.repositories.difference import difference
from triforce_daemon.services.repositories.repositories import Repositories
from triforce_daemon.services.repositories.status import Kind, status_of
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool

Path = Annotated[
    str, "the repository, or what is in it, from the workspace's root on", Field(min_length=1, max_length=4_096)
]
#: What begins with a hyphen is an option of git's, and no name.
Ref = Annotated[
    str,
    Field(min_length=1, max_length=256, pattern=r"^[^\-\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"),
]


class GitChange(TypedDict):
    path: str
    """From the repository's root on."""
    change: Kind
    before: str | None
    """Its former path."""


class GitStatus(TypedDict):
    path: str
    """The repository's root."""
    host: str
    branch: str | None
    """null where a commit is checked out, and no branch."""
    commit: str | None
    """null where there is none yet."""
    upstream: str | None
    ahead: int | None
    behind: int | None
    staged: list[GitChange]
    changed: list[GitChange]
    untracked: list[str]
    truncated: bool


@tool(
    tier="free",
    effect="read",
    requires=(Repositories,),
    keywords=("changed files", "branch", "uncommitted", "geänderte Dateien", "Zweig", "Stand", "Repository"),
)
async def git_status(path: Path = ".", *, repositories: Repositories, call: ToolCall) -> GitStatus:
    """Show a repository's branch, and what is staged, changed and new in it."""
    opened = await repositories.open(Place(call.caller, path, call.folder))
    found = asdict(await status_of(repositories, opened))
    return GitStatus(path=opened.path, host=repositories.host, **found)


class GitFile(TypedDict):
    path: str
    before: str | None
    """Its former path."""
    added: int | None
    """Lines; null where it is no text."""
    removed: int | None


class GitDiff(TypedDict):
    path: str
    host: str
    diff: str
    files: list[GitFile]
    truncated: bool


@tool(
    tier="free",
    effect="read",
    requires=(Repositories,),
    keywords=("compare", "what changed", "patch", "vergleichen", "Unterschied", "was wurde geändert", "Änderungen"),
)
async def git_diff(
    path: Path = ".",
    staged: Annotated[bool, "what is staged, instead of what is not yet"] = False,
    ref: Annotated[Ref | None, "since this commit, branch or tag"] = None,
    max_bytes: Annotated[int, "how much at most", Field(ge=1, le=10_000_000)] = 200_000,
    *,
    repositories: Repositories,
    call: ToolCall,
) -> GitDiff:
    """Show what has changed in a repository, line by line."""
    opened = await repositories.open(Place(call.caller, path, call.folder))
    found = await difference(repositories, opened, staged=staged, ref=ref, most=max_bytes)
    files = [GitFile(**asdict(one)) for one in found.files]
    return GitDiff(path=opened.path, host=repositories.host, diff=found.diff, files=files, truncated=found.truncated)
