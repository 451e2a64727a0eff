"""Git repositories in the caller's workspaces. Nothing is fetched, nothing is pushed, and no program of theirs runs."""

from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.file_texts import encoded
from triforce_daemon.services.files import Place
from triforce_daemon.services.repositories import branches as branching
from triforce_daemon.services.repositories.authors import Authors
from triforce_daemon.services.repositories.commits import commit
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


class GitCommit(TypedDict):
    path: str
    host: str
    commit: str
    parent: str | None
    """null: it is the first one."""
    branch: str | None
    author: str
    files: list[GitChange]


@tool(
    tier="unlimited",
    effect="write",
    requires=(Repositories,),
    keywords=("save changes", "check in", "git add", "einchecken", "Commit machen", "Änderungen festschreiben"),
)
async def git_commit(
    message: Annotated[str, "its first line says what it does", Field(min_length=1, max_length=20_000)],
    files: Annotated[
        list[str] | None, "only these, from the repository's root on; else what is staged", Field(max_length=1_000)
    ] = None,
    path: Path = ".",
    *,
    repositories: Repositories,
    authors: Authors,
    call: ToolCall,
) -> GitCommit:
    """Commit named files of a repository, or what is staged. Nothing is pushed."""
    if not message.strip() or "\0" in message:
        raise InvalidArguments("A message says something, in ordinary characters.", None)
    encoded(message)
    opened = await repositories.open(Place(call.caller, path, call.folder), write=True)
    author = authors.of(call.caller, opened.settings)
    made = await commit(repositories, opened, author, message, files or ())
    call.changed("git", made.id, f"committed {made.id[:12]} on {made.branch or 'no branch'}", made.parent)
    return GitCommit(
        path=opened.path,
        host=repositories.host,
        commit=made.id,
        parent=made.parent,
        branch=made.branch,
        author=f"{author['GIT_AUTHOR_NAME']} <{author['GIT_AUTHOR_EMAIL']}>",
        files=[GitChange(**asdict(one)) for one in made.files],
    )


class GitBranchItem(TypedDict):
    name: str
    commit: str
    upstream: str | None
    committed: str
    """When the commit was made."""


class GitBranches(TypedDict):
    path: str
    host: str
    branches: list[GitBranchItem]
    current: str | None
    """null where a commit is checked out, and no branch."""
    truncated: bool


# To make one takes nothing away; what is switched to replaces the files that are there.
@tool(
    tier="unlimited",
    effect="destroy",
    approval={"action": ("switch",)},
    requires=(Repositories,),
    keywords=("checkout", "list branches", "new branch", "Zweig wechseln", "Branch anlegen", "auschecken"),
)
async def git_branch(
    action: Annotated[Literal["list", "create", "switch"], "what to do"],
    name: Annotated[Ref | None, "which one, to make or to switch to"] = None,
    path: Path = ".",
    *,
    repositories: Repositories,
    call: ToolCall,
) -> GitBranches:
    """List a repository's branches, make one, or switch to one where nothing is lost."""
    opened = await repositories.open(Place(call.caller, path, call.folder), write=action != "list")
    if action != "list":
        if name is None:
            raise InvalidArguments(f"To {action} needs name.", "`list` shows the branches.")
        before = await branching.current(repositories, opened)
        await (branching.create if action == "create" else branching.switch)(repositories, opened, name)
        # Not the name: what was changed goes into the audit, which holds no words of anybody's.
        call.changed("git", action, f"{action}: branch {name}", before)
    found = asdict(await branching.branches(repositories, opened))
    return GitBranches(
        path=opened.path,
        host=repositories.host,
        branches=[GitBranchItem(**one) for one in found["items"]],
        current=found["current"],
        truncated=found["truncated"],
    )
