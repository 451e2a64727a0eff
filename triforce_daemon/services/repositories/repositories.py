"""Git repositories in workspaces: opened for a caller, and asked by git."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from triforce_daemon.children.git import Git, Ran, Repository
from triforce_daemon.errors import FileMissing, InvalidRequest, PathRefused, ToolFailed
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.repositories.settings import GitSettings, git_settings
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.workspaces.checkout import checkout
from triforce_daemon.workspaces.relative import Parts, shown, text_of
from triforce_daemon.workspaces.room import Room

Result = TypeVar("Result")

#: So many changed files are looked at one by one.
_MOST_FILES = 5_000


@dataclass(frozen=True, slots=True)
class Opened:
    """A repository, for one caller."""

    place: Place
    root: Parts
    """The way to it, from the workspace's root on."""
    below: tuple[str, ...]
    """What was asked for in it, as git takes paths; nothing for all of it."""
    repository: Repository
    settings: GitSettings

    @property
    def path(self) -> str:
        return text_of(self.root)


class Repositories:
    """A requirement of the tools for git."""

    def __init__(self, files: Files, git: Git) -> None:
        self._files = files
        self._git = git

    @property
    def host(self) -> str:
        return self._files.host

    def missing(self) -> Missing | None:
        if self._git.installed:
            return None
        return Missing("git is not installed.", "Install it: apt install git, dnf install git or pacman -S git.")

    async def open(self, place: Place, *, write: bool = False) -> Opened:
        """The repository that a path lies in. Raises PathRefused, FileMissing, InvalidRequest."""
        found = await self._files.within(place, checkout)
        workspace = self._files.root(place)
        if write and not workspace.write:
            raise PathRefused(f"The workspace {workspace.name} is to be read only.", "See workspaces.NAME.write.")
        try:
            listed = await self._git.settings(found.config)
        except (OSError, TimeoutError) as error:
            raise ToolFailed(f"The repository's settings cannot be read ({error}).", None) from error
        if listed.status or listed.truncated:
            raise InvalidRequest("The repository's settings make no sense.", " ".join(listed.last_words))
        settings = git_settings(listed.output)
        folder = "/".join((workspace.folder, *found.root))
        below = (text_of(found.below),) if found.below else ()
        return Opened(place, found.root, below, Repository(folder, settings.kept, settings.hashes), settings)

    async def ask(
        self,
        opened: Opened,
        words: Sequence[str],
        *,
        text: bytes = b"",
        most: int = 4 << 20,
        environ: Mapping[str, str] | None = None,
        fine: tuple[int, ...] = (0,),
    ) -> Ran:
        """What git says. Raises ToolFailed with git's own words where it ends with another status than `fine`."""
        try:
            ran = await self._git.run(opened.repository, words, text=text, most=most, environ=environ)
        except TimeoutError:
            raise ToolFailed("Git took too long.", "Name a path within the repository.") from None
        except OSError as error:
            raise ToolFailed(f"Git cannot be run ({error.strerror}).", None) from error
        if ran.status not in fine and not ran.truncated:
            raise ToolFailed(f"git {words[0]}: {' '.join(ran.last_words)[:2_000] or ran.status}", None)
        return ran

    async def within(self, opened: Opened, work: Callable[[Room, Parts], Result]) -> Result:
        """What `work` finds in its workspace. Raises what it raises, StorageFailed."""
        return await self._files.within(opened.place, work)

    async def check_names(self, opened: Opened, paths: Sequence[str]) -> None:
        """Refuse files in the working tree that have further names: others of them may lie outside.

        Raises PathRefused, InvalidRequest where there are too many.
        """
        if self._files.root(opened.place).hard_links:
            return
        if len(paths) > _MOST_FILES:
            raise InvalidRequest(f"More than {_MOST_FILES:,} files are changed.", "Name a path within the repository.")

        def several(room: Room, _: Parts) -> str | None:
            return next((path for path in paths if _several(room, (*opened.root, *path.split("/")))), None)

        if (found := await self._files.within(opened.place, several)) is not None:
            raise PathRefused(
                f"{shown(found)} has several names (hard links), and others of them may lie outside.",
                "Make it a copy of its own, or set workspaces.NAME.hard_links.",
            )


def _several(room: Room, parts: Parts) -> bool:
    # What is not there, or lies behind a link, git does not read either.
    with suppress(FileMissing, PathRefused):
        entry = room.entry(parts)
        return entry.kind == "file" and entry.names > 1
    return False
