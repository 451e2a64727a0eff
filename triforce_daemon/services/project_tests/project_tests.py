"""A project's own tests, run in the sandbox: it sees the workspace, changes nothing in it, and has no network."""

import os
import shutil
import sys
from dataclasses import dataclass

from triforce_daemon.children.confinement import Grant
from triforce_daemon.children.sandbox import PROGRAMS, Bounds, Ran, Sandbox
from triforce_daemon.errors import InvalidRequest, ToolFailed
from triforce_daemon.services.code_runs import CodeRuns
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.project_tests import commands
from triforce_daemon.services.project_tests.commands import Command, Framework
from triforce_daemon.services.project_tests.projects import Project, interpreter, project
from triforce_daemon.services.project_tests.reports import Report, read_junit
from triforce_daemon.toolbox.requirement import Missing

_MEMORY, _SCRATCH, _REPORT = 2 << 30, 256 << 20, 8 << 20
_PROCESSES, _FILES = 256, 1_024
#: pytest's own, or what it was told, makes no sense (https://docs.pytest.org/en/stable/reference/exit-codes.html).
_NOT_BEGUN = (3, 4)
_PROBE = Bounds(seconds=30, cpu_seconds=30)


@dataclass(frozen=True, slots=True)
class Finished:
    framework: Framework
    report: Report | None
    """None: it did not come to one, or what it runs writes none."""
    ran: Ran

    @property
    def ok(self) -> bool:
        return self.ran.ended == "exit" and self.ran.status == 0


@dataclass(frozen=True, slots=True)
class Asked:
    framework: Framework | None = None
    pattern: str | None = None
    seconds: int = 300


class ProjectTests:
    """A requirement of the tools that run tests."""

    def __init__(self, files: Files, runs: CodeRuns, sandbox: Sandbox, programs: str = PROGRAMS) -> None:
        """`programs`: where the system's Python is looked for, as in PATH."""
        self._files = files
        self._runs = runs
        self._sandbox = sandbox
        self._programs = programs

    def missing(self) -> Missing | None:
        return self._runs.missing()

    async def run(self, place: Place, asked: Asked) -> Finished:
        """Test what is at a path, or below it. Raises PathRefused, FileMissing, InvalidRequest, ToolFailed."""
        found = await self._files.within(place, project)
        workspace = self._files.root(place).folder
        folder = os.path.join(workspace, *found.root)
        python, library = self._python(workspace, found)
        grant = Grant(read=(workspace, *library))
        framework = asked.framework or await self._framework(found, python, grant, folder)
        command = _command(framework, found, python, folder, asked.pattern)
        bounds = Bounds(
            seconds=asked.seconds,
            cpu_seconds=asked.seconds,
            memory_bytes=_MEMORY,
            processes=_PROCESSES,
            open_files=_FILES,
            scratch_bytes=_SCRATCH,
            output_bytes=_REPORT,
        )
        ran = await self._confined(command, grant, bounds, folder)
        return Finished(framework, _report(framework, ran), ran)

    async def _framework(self, found: Project, python: str, grant: Grant, folder: str) -> Framework:
        if found.npm_script is not None and not found.python:
            return "npm"
        ran = await self._confined(commands.has_pytest(python), grant, _PROBE, folder)
        return "pytest" if ran.status == 0 else "unittest"

    async def _confined(self, command: Command, grant: Grant, bounds: Bounds, folder: str) -> Ran:
        return await self._sandbox.run(command.argv, grant=grant, bounds=bounds, folder=folder, environ=command.environ)

    def _python(self, workspace: str, found: Project) -> tuple[str, tuple[str, ...]]:
        """The project's own, else the system's, else the daemon's; and what has to be seen for it."""
        if found.venv is not None:
            python, library = interpreter(os.path.join(workspace, *found.venv))
            return python, tuple(path for path in library if not path.startswith(f"{workspace}/"))
        if (system := shutil.which("python3", path=self._programs)) is not None:
            return system, ()
        return os.path.realpath(sys.executable), (sys.base_prefix,)


def _command(framework: Framework, found: Project, python: str, folder: str, pattern: str | None) -> Command:
    match framework:
        case "pytest":
            return commands.pytest(python, found.target, pattern)
        case "unittest":
            below = found.below[:-1] if found.is_file else found.below
            return commands.unittest(
                python, os.path.join(folder, *below), found.below[-1] if found.is_file else None, pattern
            )
        case "npm":
            if found.npm_script is None:
                raise InvalidRequest("There is no package.json with a script `test`.", "Name another framework.")
            return commands.npm(found.npm_script, found.target if found.is_file else None, pattern)


def _report(framework: Framework, ran: Ran) -> Report | None:
    begun = framework != "pytest" or ran.status not in _NOT_BEGUN
    if ran.output and ran.ended == "exit" and begun:
        return read_junit(ran.output)
    if ran.ended == "exit" and framework != "npm":
        last = ran.errors.decode(errors="replace").strip().splitlines()
        raise ToolFailed(
            f"{framework} has written no report: {last[-1][:500] if last else f'status {ran.status}'}.",
            "Tests run with the Python of .venv in the project, which has to hold what they need.",
        )
    return None
