"""Git, run so that a repository cannot run anything: none of its settings is read, nor anybody else's."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from triforce_daemon.children.process import Limits, Process
from triforce_daemon.runtime.tasks import Tasks

#: Of the system alone.
PROGRAMS = "/usr/local/bin:/usr/bin:/bin"

_LIMITS = Limits(cpu_seconds=60, memory_bytes=8 << 30, open_files=512, file_bytes=1 << 30)
_GRACE_SECONDS = 1
#: What git looks for in the folder that several working trees share; its settings and hooks are not among it.
_SHARED = ("objects", "refs", "packed-refs", "shallow", "info", "logs")
#: Said in any case, and last. Who runs programs by a setting does so by one that is not read; these are for the rest.
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "core.logAllRefUpdates": "true",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "core.packedGitLimit": "256m",
    "protocol.allow": "never",
    "credential.helper": "",
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    # Each is a repository of its own, which git would ask by its own settings.
    "submodule.recurse": "false",
    "diff.ignoreSubmodules": "all",
}
_ENVIRONMENT = {
    "PATH": PROGRAMS,
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    # What is missing is missing: nothing is fetched, by no protocol.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "false",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
    # A path is a path, also where it begins with a colon or holds a star.
    "GIT_LITERAL_PATHSPECS": "1",
}


@dataclass(frozen=True, slots=True)
class Repository:
    """`folder`: the working tree, by its real path, with the repository in `.git`."""

    folder: str
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """What git has to know of it, and what runs nothing."""
    hashes: str = "sha1"


@dataclass(frozen=True, slots=True)
class Ran:
    status: int
    output: bytes
    truncated: bool
    """It said more, and was ended."""
    last_words: list[str]


class Git:
    def __init__(self, tasks: Tasks, programs: str = PROGRAMS) -> None:
        """`programs`: where git is looked for, as in PATH."""
        self._tasks = tasks
        self._programs = programs

    @property
    def installed(self) -> bool:
        return shutil.which("git", path=self._programs) is not None

    async def settings(self, text: bytes, seconds: float = 10) -> Ran:
        """A file of settings, as `key newline value zero`; what it includes is left out.

        Raises OSError, TimeoutError.
        """
        words = ("config", "--file", "-", "--no-includes", "--list", "-z")
        return await self._run(words, {}, "/", text, 4 << 20, seconds)

    async def run(
        self,
        repository: Repository,
        words: Sequence[str],
        *,
        text: bytes = b"",
        most: int = 4 << 20,
        seconds: float = 30,
        environ: Mapping[str, str] | None = None,
    ) -> Ran:
        """`git WORDS` with `text` on its standard input; `most` bytes of output. Who stops waiting ends it.

        Raises OSError where it cannot be started, TimeoutError.
        """
        shared = await asyncio.to_thread(_shared, repository)
        try:
            within = {
                "HOME": shared,
                "XDG_CONFIG_HOME": shared,
                "GIT_DIR": os.path.join(repository.folder, ".git"),
                "GIT_COMMON_DIR": shared,
                "GIT_WORK_TREE": repository.folder,
                **_counted({**repository.settings, **_SETTINGS}),
                **(environ or {}),
            }
            return await self._run(words, within, repository.folder, text, most, seconds)
        finally:
            await asyncio.to_thread(shutil.rmtree, shared, ignore_errors=True)

    async def _run(
        self, words: Sequence[str], environ: Mapping[str, str], folder: str, text: bytes, most: int, seconds: float
    ) -> Ran:
        process = await Process.start(
            ["git", "--no-pager", *words],
            environ={**_ENVIRONMENT, "PATH": self._programs, **environ},
            tasks=self._tasks,
            folder=folder,
            limits=_LIMITS,
        )
        output, truncated = bytearray(), False
        try:
            async with asyncio.timeout(seconds):
                sending = self._tasks.start(process.send(text, end=True), f"input of {process.pid}")
                async for piece in process.pieces():
                    output += piece
                    if truncated := len(output) > most:
                        break
                else:
                    await sending
                    await process.wait()
        finally:
            status = await process.terminate(_GRACE_SECONDS)
        return Ran(status, bytes(output[:most]), truncated, process.last_words())


def _shared(repository: Repository) -> str:
    """A folder with settings of ours that leads to what the repository keeps, and to nothing that it would run."""
    folder = tempfile.mkdtemp(prefix="triforce-git-")
    for name in _SHARED:
        os.symlink(os.path.join(repository.folder, ".git", name), os.path.join(folder, name))
    with open(os.path.join(folder, "config"), "w", encoding="ascii") as file:
        file.write(
            "[core]\n\trepositoryformatversion = 1\n\tbare = false\n"
            f"[extensions]\n\tobjectformat = {'sha256' if repository.hashes == 'sha256' else 'sha1'}\n"
        )
    return folder


def _counted(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings as the environment holds them, where nothing has to be quoted."""
    found = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        found[f"GIT_CONFIG_KEY_{number}"] = key
        found[f"GIT_CONFIG_VALUE_{number}"] = value
    return found
