"""Commands of admins: off until the owner allows them, and confined wherever anything can confine them."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from triforce_daemon.access.caller import Caller
from triforce_daemon.children import unconfined
from triforce_daemon.children.confinement import SCRATCH, Grant
from triforce_daemon.children.sandbox import PROGRAMS, Availability, Bounds, Ran, Sandbox
from triforce_daemon.errors import InvalidArguments, PathRefused, ToolUnavailable
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.files import Files, Place
from triforce_daemon.settings import Shell as Settings
from triforce_daemon.toolbox.requirement import Missing
from triforce_daemon.wire.status import Health

_ALLOW = "The owner can: `triforce config set shell.enabled true`, then `triforce daemon restart`."
_UNCONFINED = "Or, as the daemon's own user with all that he may do: `triforce config set shell.unconfined true`."
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_MOST_VARIABLES, _LONGEST_VARIABLE = 64, 10_000


@dataclass(frozen=True, slots=True)
class Command:
    """`folder`: where it runs; `here`: where the caller's command line stands."""

    caller: Caller
    text: str
    seconds: int
    folder: str | None
    here: str | None
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CommandRan:
    ran: Ran
    confined: bool


class Shell:
    """A requirement of the tool that runs commands."""

    def __init__(self, sandbox: Sandbox, files: Files, tasks: Tasks, settings: Settings) -> None:
        self._sandbox = sandbox
        self._files = files
        self._tasks = tasks
        self._settings = settings
        self._found = Availability(False, "it is not known yet whether commands can be confined here")

    async def prepare(self) -> None:
        """Find out whether commands can be confined, where they may be run at all."""
        if self._settings.enabled:
            self._found = await self._sandbox.availability()

    def missing(self) -> Missing | None:
        if not self._settings.enabled:
            return Missing("running commands is switched off.", _ALLOW)
        if self._found.available or self._settings.unconfined:
            return None
        return Missing(f"{self._found.reason}.", f"{self._found.fix or ''} {_UNCONFINED}".strip())

    def ills(self) -> list[Health]:
        """That commands are not confined, where that is so."""
        if not self._settings.enabled or not self._settings.unconfined or self._found.available:
            return []
        message = (
            f"Commands run as the daemon's own user, for {self._found.reason}: approvals do not bind what they do, "
            "since they could answer them."
        )
        return [Health(code="shell.unconfined", severity="warning", message=message, fix=self._found.fix)]

    async def run(self, command: Command) -> CommandRan:
        """Run it to its end. Raises ToolUnavailable, PathRefused, FileMissing, InvalidArguments."""
        lack = self.missing()
        if lack is not None:
            raise ToolUnavailable(lack.reason, lack.fix)
        variables = _checked(command.environ)
        memory = self._settings.memory_mb << 20
        bounds = Bounds(seconds=command.seconds, cpu_seconds=command.seconds, memory_bytes=memory)
        argv = [*_shell(), "-c", command.text]
        if self._found.available:
            grant, folder = await self._granted(command)
            # Within: what is in the environment of bubblewrap itself could change what that does.
            inner = ["env", *(f"{name}={value}" for name, value in variables.items()), *argv] if variables else argv
            try:
                ran = await self._sandbox.run(inner, grant=grant, bounds=bounds, folder=folder)
            except ValueError as error:
                raise PathRefused(f"No command gets this workspace: {error}.", "Name a folder elsewhere.") from None
            return CommandRan(ran, confined=True)
        environ = {"PATH": PROGRAMS, "HOME": SCRATCH, "LANG": "C.UTF-8", **variables}
        folder = _existing(command.folder or SCRATCH)
        ran = await unconfined.run(argv, bounds=bounds, folder=folder, environ=environ, tasks=self._tasks)
        return CommandRan(ran, confined=False)

    async def _granted(self, command: Command) -> tuple[Grant, str]:
        """What the sandbox holds: the caller's workspace that the folder lies in, or nothing."""
        if command.folder is None:
            return Grant(network=self._settings.network), SCRATCH
        place = Place(command.caller, command.folder, command.here)
        if await self._files.kind(place) != "folder":
            raise PathRefused(f"{command.folder!r} is no folder.", "A command runs in one.")
        root, folder = self._files.root(place), self._files.absolute(place)
        read, write = ((), (root.folder,)) if root.write else ((root.folder,), ())
        return Grant(read, write, self._settings.network), folder


def _shell() -> list[str]:
    """Bash without anybody's settings, or what stands for it."""
    return ["bash", "--norc", "--noprofile"] if shutil.which("bash", path=PROGRAMS) else ["sh"]


def _checked(environ: Mapping[str, str]) -> Mapping[str, str]:
    if len(environ) > _MOST_VARIABLES:
        raise InvalidArguments(f"There are more than {_MOST_VARIABLES} variables.", None)
    for name, value in environ.items():
        if not _NAME.fullmatch(name) or "\0" in value or len(value) > _LONGEST_VARIABLE:
            raise InvalidArguments(f"The variable {name[:64]!r} has a name or a value that none can have.", None)
    return environ


def _existing(folder: str) -> str:
    real = os.path.realpath(folder)
    if not os.path.isabs(folder) or not os.path.isdir(real):
        raise PathRefused(f"{folder!r} is no folder here.", "Name one that exists, from / on.")
    return real
