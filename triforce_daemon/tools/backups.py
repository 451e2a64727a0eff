"""Backups of what the daemon keeps."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.backups.backups import Backups
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.backups import BackupKind
from triforce_daemon.wire.jobs import JobState


class BackupBegun(TypedDict):
    job_id: str
    state: JobState


@tool(
    tier="admin",
    effect="write",
    keywords=("save the database", "copy", "snapshot", "Sicherung", "sichern", "Datensicherung", "Sicherungskopie"),
)
async def backup_create(
    kinds: Annotated[
        list[BackupKind] | None, "what is copied; without: the database and the configuration", Field(min_length=1)
    ] = None,
    *,
    backups: Backups,
    call: ToolCall,
) -> BackupBegun:
    """Begin a backup; the job's result has its path, size and SHA-256."""
    job = await backups.create(call.caller, kinds)
    return BackupBegun(job_id=job["id"], state=job["state"])


class ListedBackup(TypedDict):
    path: str
    kinds: list[BackupKind]
    created_at: str
    bytes: int
    sha256: str
    verified: bool | None
    """Whether the file is what was written: it was read for this answer; null: there was too much to read."""


class BackupsFound(TypedDict):
    backups: list[ListedBackup]


@tool(
    tier="admin",
    effect="read",
    keywords=("which backups", "verify", "snapshots", "Sicherungen", "Sicherung prüfen", "Datensicherungen"),
)
async def backup_list(
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 20, *, backups: Backups
) -> BackupsFound:
    """List the backups, the newest first, and whether each is still what was written."""
    items = (await backups.all(limit))["items"]
    return BackupsFound(
        backups=[
            ListedBackup(
                path=one["path"],
                kinds=one["kinds"],
                created_at=one["created"],
                bytes=one["bytes"],
                sha256=one["sha256"],
                verified=one["verified"],
            )
            for one in items
        ]
    )
