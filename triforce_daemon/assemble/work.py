"""What works for people beside their conversations: jobs, prompts, files in workspaces, code that is run, backups."""

import socket
from dataclasses import dataclass

from triforce_daemon.access.presence import Presence
from triforce_daemon.assemble.backups import backups
from triforce_daemon.assemble.ground import Ground
from triforce_daemon.children.git import Git
from triforce_daemon.services.administration.shell import Shell
from triforce_daemon.services.backups.backups import Backups
from triforce_daemon.services.code_files import CodeFiles
from triforce_daemon.services.code_runs import CodeRuns
from triforce_daemon.services.files import Files
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.prompts import Prompts
from triforce_daemon.services.repositories.repositories import Repositories
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.file_changes import FileChangeStore
from triforce_daemon.stores.jobs import JobStore
from triforce_daemon.stores.prompts import PromptStore
from triforce_daemon.workspaces.blobs import Blobs
from triforce_daemon.workspaces.guard import Guard
from triforce_daemon.workspaces.roots import Roots


@dataclass(frozen=True, slots=True)
class WorkParts:
    jobs: Jobs
    prompts: Prompts
    files: Files
    code: CodeFiles
    runs: CodeRuns
    repositories: Repositories
    shell: Shell
    backups: Backups

    @property
    def parts(self) -> tuple[object, ...]:
        """What routes and tools need of it."""
        return self.jobs, self.prompts, self.files, self.code, self.runs, self.repositories, self.shell, self.backups


async def work(ground: Ground, trail: Trail, presence: Presence) -> WorkParts:
    """What the last daemon left open has failed; what is too old begins to be forgotten."""
    database, clock, settings = ground.database, ground.clock, ground.settings
    node = socket.gethostname()
    daemon = f"{node}:{ground.places.socket}"
    jobs = Jobs(JobStore(database), ground.tasks, clock, settings.jobs, node, daemon, presence)
    await jobs.recover()
    files = _files(ground, node)
    ground.tasks.start(jobs.keep(), "jobs")
    ground.tasks.start(jobs.forget_old(), "old jobs")
    ground.tasks.start(files.forget_old(), "old files")
    runs = CodeRuns(ground.world.sandbox, enabled=settings.sandbox.enabled)
    await runs.prepare()
    repositories = Repositories(files, Git(ground.tasks))
    shell = Shell(ground.world.sandbox, files, ground.tasks, settings.shell)
    await shell.prepare()
    prompts, copies = Prompts(PromptStore(database), clock), backups(ground, jobs, trail, node)
    return WorkParts(jobs, prompts, files, CodeFiles(files), runs, repositories, shell, copies)


def _files(ground: Ground, node: str) -> Files:
    places, settings = ground.places, ground.settings
    home = places.workspaces
    guard = Guard([*places.hidden.folders, *places.hidden.files], [home])
    roots = Roots(settings.workspaces, home, guard)
    store = FileChangeStore(ground.database)
    return Files(roots, guard, Blobs(places.backups), store, ground.clock, settings.files, node)
