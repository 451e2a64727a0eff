"""How memory forgets: what is asked for and can come back for a while, and what was forgotten or ended long ago."""

import logging
from collections.abc import Sequence

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest, StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.services import memory_entries as entries
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_entries import memory
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory import MemoryStore
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_writes import MemoryWrites
from triforce_daemon.wire.memory import ClearRequest, MemoryCleared

log = logging.getLogger(__name__)

#: Entries that are changed in one commit; others write in between.
AT_ONCE = 500
_DAY_MS = 86_400_000
_MOST_DAYS = 36_500
_SHOWN = 100
_ROUND_SECONDS = 3_600


class Forgetting:
    def __init__(self, database: Database, memories: Memories, clock: Clock, keep_days: int) -> None:
        """`keep_days`: how long what was forgotten can be brought back."""
        self._database = database
        self._memories = memories
        self._store = MemoryStore(database)
        self._writes = MemoryWrites(database)
        self._clock = clock
        self._keep_days = keep_days

    async def clear(self, caller: Caller, request: ClearRequest) -> MemoryCleared:
        """Forget what fits all that is asked for; with `dry_run`, as it is without a word, only say what that is.

        Raises InvalidRequest, NotFound, AmbiguousId.
        """
        fitting = self._fitting(caller, request)
        found = await self._store.fitting(fitting, await self._named(caller, request))
        shown = {row["entry"]: row for row in await self._store.versions(caller.account, found[:_SHOWN])}
        change = None
        if found and not request.get("dry_run", True):
            change = session_id()
            await self._forget(caller.account, found, change)
        return MemoryCleared(
            schema="triforce.memory.forget/1",
            matched=len(found),
            deleted=len(found) if change is not None else 0,
            items=[memory(shown[entry]) for entry in found[:_SHOWN] if entry in shown],
            change=change,
        )

    async def forget_old(self) -> None:
        """Delete for good what was forgotten or has ended so long ago, again and again."""
        while True:
            try:
                await self.purge()
            except StorageFailed as error:
                # Nobody sees it any more in any case; the next round deletes it.
                log.warning(error.message)
            await self._clock.sleep(_ROUND_SECONDS)

    async def purge(self) -> None:
        """One round of that. Raises StorageFailed."""
        before = self._clock.now_ms() - self._keep_days * _DAY_MS
        full = True
        while full:
            (rows,) = await self._database.write(self._writes.purge(before, AT_ONCE))
            full = len(rows) == AT_ONCE

    def _fitting(self, caller: Caller, request: ClearRequest) -> MemoryFilter:
        if all(request.get(name) in (None, "", []) for name in ("ids", "type", "tags", "older_than_days", "project")):
            raise InvalidRequest("This would be everything.", "Name entries, a type, tags, a project or an age.")
        now, days = self._clock.now_ms(), request.get("older_than_days")
        if days is not None and not 0 <= days <= _MOST_DAYS:
            raise InvalidRequest(f"`older_than_days` is {days}.", f"It goes from 0 to {_MOST_DAYS}.")
        return MemoryFilter(
            owner=caller.account,
            now=now,
            type=request.get("type"),
            tags=tuple(entries.tags_of(request.get("tags") or ())),
            project=entries.project_of(request.get("project")),
            before=None if days is None else now - int(days * _DAY_MS),
        )

    async def _named(self, caller: Caller, request: ClearRequest) -> list[str] | None:
        ids = request.get("ids") or []
        if len(ids) > AT_ONCE:
            raise InvalidRequest(f"These are {len(ids)} ids.", f"Name up to {AT_ONCE}, or what they have in common.")
        return [(await self._memories.find(caller, id))["entry"] for id in ids] or None

    async def _forget(self, owner: str, found: Sequence[str], change: str) -> None:
        now = self._clock.now_ms()
        for at in range(0, len(found), AT_ONCE):
            group = found[at : at + AT_ONCE]
            await self._database.write(*(self._writes.forget(owner, entry, now, change) for entry in group))
