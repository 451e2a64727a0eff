"""What the daemon uses of its machine, what is left of it, and how much waits to be done."""

import os
import shutil
from dataclasses import dataclass

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime import logs
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.toolbox.approvals import Approvals

_STATM, _MEMINFO = "/proc/self/statm", "/proc/meminfo"


class MemoryUse(TypedDict):
    daemon_bytes: int
    """In memory, without its children."""
    available_bytes: int
    """What programs of this machine could still take."""
    total_bytes: int


class DiskUse(TypedDict):
    free_bytes: int
    """Where the daemon keeps its files."""
    total_bytes: int


class Waiting(TypedDict):
    """For an admin of everybody, else of the caller."""

    jobs_running: int
    jobs_queued: int
    approvals_pending: int
    answers: int
    """That are being sent at this moment, to whomever; this one is among them."""


class Used(TypedDict):
    memory: MemoryUse
    disk: DiskUse
    queue: Waiting
    log: dict[str, int]
    """Lines since the start, by level."""


@dataclass(frozen=True, slots=True)
class Resources:
    #: Where the daemon's files are.
    folder: str
    jobs: Jobs
    approvals: Approvals
    lifecycle: Lifecycle

    async def read(self, caller: Caller) -> Used:
        """As `caller` may see it. Raises StorageFailed."""
        open_jobs = await self.jobs.counts(caller)
        pending = (await self.approvals.all(caller, state="pending"))["items"]
        waiting = Waiting(
            jobs_running=open_jobs.get("running", 0),
            jobs_queued=open_jobs.get("queued", 0),
            approvals_pending=len(pending),
            answers=self.lifecycle.streams,
        )
        return Used(memory=memory_use(), disk=disk_use(self.folder), queue=waiting, log=logs.counts())


def memory_use(statm: str = _STATM, meminfo: str = _MEMINFO) -> MemoryUse:
    """As proc(5) has it."""
    with open(statm, encoding="ascii") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    with open(meminfo, encoding="ascii") as file:
        known = dict(line.split(":", 1) for line in file)
    total, available = (int(known[name].split()[0]) << 10 for name in ("MemTotal", "MemAvailable"))
    return MemoryUse(daemon_bytes=resident, available_bytes=available, total_bytes=total)


def disk_use(folder: str) -> DiskUse:
    """Of the file system that `folder` is on; one that is not there yet will be on that of the one above."""
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    usage = shutil.disk_usage(folder)
    return DiskUse(free_bytes=usage.free, total_bytes=usage.total)
