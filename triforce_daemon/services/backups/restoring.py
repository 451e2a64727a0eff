"""Puts the database of a backup in the place of the one that is there, while no daemon runs."""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, BinaryIO, cast

import orjson

from triforce_daemon.errors import InvalidRequest, StorageFailed
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.services.backups.archives import SUFFIX, Archives, explained
from triforce_daemon.services.backups.backups import MANIFEST, compared
from triforce_daemon.services.backups.pieces import DATABASE
from triforce_daemon.stores.sqlite import copying, schema
from triforce_daemon.stores.sqlite.database import place_of
from triforce_daemon.wire.backups import BackupRestored

_MEMBER = f"database/{DATABASE}"
_BLOCK = 1 << 20
_LONGEST_MANIFEST = 16 << 20


def restore(archives: Archives, name: str, database: str, busy_seconds: float) -> BackupRestored:
    """What was there is moved aside, never deleted. `name`: as the list has it.

    Raises NotFound; InvalidRequest where there is no SQLite database in the backup; StorageFailed where it is not
    what was written, a daemon runs, or the disk says no.
    """
    name = os.path.basename(name).removesuffix(SUFFIX)
    note = archives.note(name)
    if "database" not in note["kinds"]:
        raise InvalidRequest(
            f"The backup {name} holds no database, but: {', '.join(note['kinds'])}.",
            "Memory and conversations are imported from its files: see docs/operations/backup.md.",
        )
    verified, reason = compared(note, archives.digest(name))
    if not verified:
        raise StorageFailed(f"The backup {name} is not what was written: {reason}", "Take another one.")
    with place_of(database), explained(database):
        folder = os.path.dirname(database)
        make_private(folder)
        handle, draft = tempfile.mkstemp(prefix=".restored-", dir=folder)
        try:
            with open(handle, "wb") as file:
                _extract(archives.path(name), file)
            copying.check(draft)
            # To today's tables, as a start would bring it; one of a newer version is refused here.
            schema.prepare(draft, busy_seconds)
            before = _exchange(draft, database)
        finally:
            for left in (draft, f"{draft}-wal", f"{draft}-shm"):
                with suppress(FileNotFoundError):
                    os.unlink(left)
    return BackupRestored(
        schema="triforce.backup.restore/1", name=name, created=note["created"], database=database, before=before
    )


def _extract(path: str, target: BinaryIO) -> None:
    """The database out of the archive; the manifest, which comes behind it, says what it should be."""
    digest, found, said = hashlib.sha256(), False, cast("Mapping[str, Any]", {})
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isreg() else None
                if content is None:
                    continue
                if member.name == MANIFEST and member.size <= _LONGEST_MANIFEST:
                    said = orjson.loads(content.read())["files"]
                elif member.name == _MEMBER:
                    found = True
                    while block := content.read(_BLOCK):
                        digest.update(block)
                        target.write(block)
    except (tarfile.TarError, EOFError, orjson.JSONDecodeError, KeyError) as error:
        raise StorageFailed(f"{path} cannot be read: {error}.", "Take another backup.") from None
    if not found:
        raise InvalidRequest(
            f"{path} holds a PostgreSQL's database.", "pg_restore reads it: see docs/operations/backup.md."
        )
    if said.get(_MEMBER, {}).get("sha256") != digest.hexdigest():
        raise StorageFailed(f"The database in {path} is not what was written.", "Take another backup.")
    target.flush()
    os.fsync(target.fileno())


def _exchange(draft: str, database: str) -> str | None:
    before = None
    if os.path.exists(database):
        before = f"{database}.before-{os.stat(database).st_mtime_ns}"
        for suffix in ("-wal", "-shm", ""):
            # Without its log the database would lack what was written last.
            with suppress(FileNotFoundError):
                os.rename(database + suffix, before + suffix)
    os.rename(draft, database)
    return before
