"""What makes backups."""

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.children.pg_dump import PgDump
from triforce_daemon.configuration.password_file import password_in
from triforce_daemon.services.backups.archives import Archives
from triforce_daemon.services.backups.backups import Backups
from triforce_daemon.services.backups.pieces import (
    ConfigurationFile,
    EverybodysMemory,
    EverybodysSessions,
    Piece,
    PostgresqlDump,
    SqliteFile,
    WholeAudit,
)
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.stores.audit.rows import AuditStore
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.memory import MemoryStore
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.wire.backups import BackupKind


def backups(ground: Ground, jobs: Jobs, trail: Trail, node: str) -> Backups:
    """`node` is what this machine is called."""
    database = ground.database
    kinds: dict[BackupKind, Piece] = {
        "database": _database(ground),
        "config": ConfigurationFile(ground.configuration.file, ground.redactor),
        "memory": EverybodysMemory(MemoryStore(database), MemoryTransfer(database, ground.clock)),
        "sessions": EverybodysSessions(SessionStore(database)),
        "audit": WholeAudit(AuditStore(database), trail.names),
    }
    return Backups(Archives(ground.places.archives), kinds, jobs, trail, ground.clock, node)


def _database(ground: Ground) -> Piece:
    told = ground.settings.database
    if not told.url:
        return SqliteFile(ground.places.database, told.busy_seconds)
    address = Address.of(told.url, password_in(told.password_file, "database.password_file"))
    return PostgresqlDump(PgDump(ground.tasks, address.url, address.password))
