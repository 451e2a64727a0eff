"""Which folders somebody may use: those that the settings grant, and where the owner stands at the moment."""

import os
from collections.abc import Mapping

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import PathRefused
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.settings import Workspace
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.relative import Parts, below, parts_of, shown
from triforce_daemon.workspaces.room import Root

#: The name of the folder where the owner's command line was called.
HERE = "here"
#: Too much for one project, and nobody's project.
_NO_PROJECTS = ("/", "/proc", "/sys", "/dev")

_GRANT = "Whoever runs the daemon grants a folder: `triforce config set workspaces.NAME.callers …`"


class Roots:
    def __init__(self, settings: Mapping[str, Workspace], home: str, guard: Guard) -> None:
        """`home`: where workspaces are that have no folder named."""
        self._settings = settings
        self._home = home
        self._guard = guard

    def of(self, caller: Caller, here: str | None = None) -> list[Root]:
        """The folders of `caller`, the one that relative paths mean first. `here`: where his command line stands."""
        found = [self._here(here)] if here is not None and _is_the_daemons_user(caller) else []
        for name, workspace in self._settings.items():
            # A model that acts for the owner works where he does.
            if caller.kind == "owner" or any(means(entry, caller) for entry in workspace.callers):
                found.append(self._granted(name, workspace))
        return found

    def find(self, caller: Caller, path: str, here: str | None = None) -> tuple[Root, Parts]:
        """The workspace that `path` lies in, and the way from its root on. Raises PathRefused."""
        roots = self.of(caller, here)
        if not roots:
            raise PathRefused(f"{caller.name} has no workspace.", _GRANT)
        if not path.startswith("/"):
            return roots[0], parts_of(path)
        inside = [(root, rest) for root in roots if (rest := below(path, root.folder)) is not None]
        if not inside:
            places = ", ".join(root.folder for root in roots)
            raise PathRefused(f"{shown(path)} lies in none of your workspaces.", f"They are: {places}")
        root, rest = max(inside, key=lambda one: len(one[0].folder))
        return root, parts_of(rest)

    def _here(self, folder: str) -> Root:
        real = os.path.realpath(folder)
        if not os.path.isabs(folder) or real in _NO_PROJECTS or not os.path.isdir(real) or self._guard.hides(real):
            raise PathRefused(f"{shown(folder)} is no folder to work in.", "Call it from your project's folder.")
        return Root(HERE, real, write=True)

    def _granted(self, name: str, workspace: Workspace) -> Root:
        folder = workspace.folder or os.path.join(self._home, name)
        if not workspace.folder:
            make_private(folder)
        return Root(name, os.path.realpath(folder), workspace.write, workspace.hard_links)


def _is_the_daemons_user(caller: Caller) -> bool:
    return caller.kind == "owner" and caller.uid == os.getuid()


def means(entry: str, caller: Caller) -> bool:
    """Whether an entry of the settings stands for `caller`: an account with its tokens, or a token of the owner's."""
    if caller.kind not in ("user", "token"):
        return False
    if caller.user is None:
        return entry == caller.name
    # The name of an account has no slash; those of its tokens come behind one.
    return entry.count("/") == 1 and entry.startswith("user/") and f"{caller.name}/".startswith(f"{entry}/")
