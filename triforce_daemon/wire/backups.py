"""Backups: files that hold what the daemon keeps, as it was at one moment."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

BackupKind = Literal["database", "config", "memory", "sessions", "audit"]
"""`database` is the whole of it. `memory` and `sessions` are everybody's, in files that can be imported."""


class Backup(TypedDict):
    name: str
    path: str
    """On the machine of the daemon."""
    kinds: list[BackupKind]
    created: str
    bytes: int
    sha256: str
    """Of the whole file, when it was made."""
    verified: bool | None
    """Whether the file still has it, which was worked out for this answer; null: not in this answer."""
    reason: str | None
    """Why not."""


class BackupList(TypedDict):
    schema: str
    folder: str
    items: list[Backup]
    """The newest first."""
    next: str | None


class BackupDetail(Backup):
    schema: str


class NewBackup(TypedDict):
    kinds: NotRequired[list[BackupKind]]
    """Absent: the database and the configuration."""


class BackupMade(TypedDict):
    """What comes of the job."""

    name: str
    path: str
    kinds: list[BackupKind]
    bytes: int
    sha256: str


class BackupRestored(TypedDict):
    schema: str
    name: str
    created: str
    database: str
    before: str | None
    """Where the database is now that was there before; null: there was none."""
