"""Backups: made as jobs, listed with whether each is still what was written."""

import os
from collections.abc import Mapping, Sequence

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest, ToolUnavailable
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.backups.archives import Archives, Digest, Note, explained, manifest, pieces, private
from triforce_daemon.services.backups.pieces import Piece
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.wire.backups import Backup, BackupDetail, BackupKind, BackupList, BackupMade
from triforce_daemon.wire.constants import VERSION
from triforce_daemon.wire.jobs import JobDetail

#: What is made where nothing else is asked for: all else is a part of the database.
USUAL: tuple[BackupKind, ...] = ("database", "config")
MANIFEST = "manifest.json"
#: So many bytes are read for one list, which takes some seconds; what is older is not verified in it.
_MOST_READ = 4 << 30


class Backups:
    def __init__(
        self, archives: Archives, kinds: Mapping[BackupKind, Piece], jobs: Jobs, trail: Trail, clock: Clock, node: str
    ) -> None:
        self._archives = archives
        self._kinds = kinds
        self._jobs = jobs
        self._trail = trail
        self._clock = clock
        self._node = node

    async def create(self, caller: Caller, kinds: Sequence[BackupKind] | None) -> JobDetail:
        """The job that makes one. Raises InvalidRequest, ToolUnavailable where a kind cannot be made here."""
        asked = USUAL if kinds is None else kinds
        wanted: list[BackupKind] = [kind for kind in self._kinds if kind in asked]
        if not wanted:
            raise InvalidRequest("A backup of nothing is none.", f"Name some of: {', '.join(self._kinds)}.")
        for kind in wanted:
            lack = self._kinds[kind].missing()
            if lack is not None:
                raise ToolUnavailable(f"The {kind} cannot be backed up here: {lack.reason}", lack.fix)

        async def work(run: JobRun) -> BackupMade:
            return await self._make(caller, wanted, run)

        job = await self._jobs.start(caller, "backup", f"Backup of {', '.join(wanted)}", work)
        return await self._jobs.get(caller, job["id"])

    async def all(self, limit: int) -> BackupList:
        """The newest first, each compared with what it should be. Raises StorageFailed."""
        left, items = _MOST_READ, list[Backup]()
        for note in (await in_thread(self._archives.notes))[:limit]:
            left -= note["bytes"]
            digest = await in_thread(self._archives.digest, note["name"]) if left >= 0 else None
            items.append(self._backup(note, digest, looked=left >= 0))
        return BackupList(schema="triforce.backup.list/1", folder=self._archives.folder, items=items, next=None)

    async def verify(self, name: str) -> BackupDetail:
        """One of them, compared with what it should be. Raises NotFound, StorageFailed."""
        note = await in_thread(self._archives.note, name)
        backup = self._backup(note, await in_thread(self._archives.digest, name), looked=True)
        return BackupDetail(**backup, schema="triforce.backup.verify/1")

    async def _make(self, caller: Caller, kinds: Sequence[BackupKind], run: JobRun) -> BackupMade:
        now = self._clock.now_ms()
        name = f"triforce-{rfc3339(now)[:19].replace(':', '').replace('-', '')}Z-{session_id()[:4]}"
        note = Note(name=name, kinds=list(kinds), created=rfc3339(now), bytes=0, sha256="", version=VERSION)
        with self._archives.staging() as staged:
            for number, kind in enumerate(kinds):
                run.progress(number / (len(kinds) + 1), f"copying: {kind}")
                folder = os.path.join(staged, kind)
                with explained(folder):
                    os.mkdir(folder, 0o700)
                await self._kinds[kind].write(folder)
            run.progress(len(kinds) / (len(kinds) + 1), "packing")
            note = await in_thread(self._packed, staged, note)
        told = {"what": "backup.create", "on": name, "shows": {"kinds": list(kinds), "sha256": note["sha256"]}}
        await self._trail.record("change", told, caller=caller.account)
        return BackupMade(
            name=name, path=self._archives.path(name), kinds=list(kinds), bytes=note["bytes"], sha256=note["sha256"]
        )

    def _packed(self, staged: str, note: Note) -> Note:
        with explained(staged):
            files = manifest(staged, pieces(staged))
            told = {name: note[name] for name in ("name", "kinds", "created", "version")}
            with private(os.path.join(staged, MANIFEST)) as file:
                file.write(orjson.dumps({**told, "node": self._node, "files": files}, option=orjson.OPT_INDENT_2))
        return self._archives.pack(staged, note)

    def _backup(self, note: Note, digest: Digest | None, *, looked: bool) -> Backup:
        verified, reason = compared(note, digest) if looked else (None, "There was too much to read for one list.")
        return Backup(
            name=note["name"],
            path=self._archives.path(note["name"]),
            kinds=note["kinds"],
            created=note["created"],
            bytes=note["bytes"],
            sha256=note["sha256"],
            verified=verified,
            reason=reason,
        )


def compared(note: Note, digest: Digest | None) -> tuple[bool, str | None]:
    """Whether a file is what was written, and why not."""
    if digest is None:
        return False, "The file is gone."
    if digest.bytes != note["bytes"]:
        return False, f"It has {digest.bytes:,} bytes instead of {note['bytes']:,}."
    return (True, None) if digest.sha256 == note["sha256"] else (False, "Its SHA-256 is another one.")
