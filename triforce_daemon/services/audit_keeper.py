"""Closes segments as they fill, prunes what is old enough, and looks whether a chain is whole."""

import asyncio
import logging
from collections.abc import Mapping

from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.stores.audit.chain import Row
from triforce_daemon.stores.audit.key import SigningKey
from triforce_daemon.stores.audit.rows import AuditStore, Kept
from triforce_daemon.stores.audit.segments import closed, kinds_of
from triforce_daemon.stores.audit.trail import Trail
from triforce_daemon.stores.audit.verification import OF_AUDIT, Broken, Verification, check_row, check_signature
from triforce_daemon.stores.database import Database

log = logging.getLogger(__name__)

#: A segment has at most so many rows,
MOST_ROWS = 2_000
#: and is closed when its first row is so old.
OPEN_MS = 600_000
#: So often is looked whether there is something to close,
_LOOK_SECONDS = 60.0
#: and to prune, in looks.
_PRUNE_EVERY = 60
_DAY_MS = 86_400_000


class Keeper:
    def __init__(
        self, database: Database, trail: Trail, key: SigningKey, days: Mapping[str, int], clock: Clock
    ) -> None:
        """`days`: how long rows of each kind are kept; 0: for ever."""
        self._database = database
        self._store = AuditStore(database)
        self._trail = trail
        self._key = key
        self.days = days
        self._clock = clock
        #: Nobody prunes what is being looked at.
        self._still = asyncio.Lock()

    async def keep(self) -> None:
        """Close and prune, again and again; for ever."""
        look = 0
        while True:
            try:
                await self.close_full()
                if look % _PRUNE_EVERY == 0:
                    await self.prune()
            except StorageFailed as error:
                log.warning("the audit was not kept in order", extra={"reason": error.message})
            look += 1
            await self._clock.sleep(_LOOK_SECONDS)

    async def close_full(self, *, all: bool = False) -> None:
        """Sign what is full or old enough; `all`: whatever is open. Raises StorageFailed."""
        previous = await self._store.last_segment(self._trail.chain.name)
        first = previous["last"] + 1 if previous is not None else 1
        while rows := await self._store.between(self._trail.chain.name, first, limit=MOST_ROWS):
            now = self._clock.now_ms()
            if len(rows) < MOST_ROWS and now - rows[0]["ts"] < OPEN_MS and not all:
                return
            try:
                # What is signed here is what was written.
                tail = Verification.behind(self._trail.chain.name, previous)
                await in_thread(tail.take_all, rows)
            except Broken as error:
                log.error(
                    "the audit was changed, and is not signed", extra={"place": error.place, "reason": error.reason}
                )
                return
            previous = await in_thread(closed, rows, previous, self._key, now)
            await self._store.add(previous)
            first = previous["last"] + 1

    async def prune(self) -> None:
        """Delete what is older than it is kept, in whole segments. Raises StorageFailed."""
        now = self._clock.now_ms()
        until = {kind: now - days * _DAY_MS for kind, days in self.days.items() if days}
        found = await self._store.segments(self._trail.chain.name, with_rows=True)
        due = [(kept, kinds) for kept in found if (kinds := _old(kept, until))]
        if due:
            # First it is written that they may be missing: who finds them gone finds this.
            await self._trail.record(OF_AUDIT, {"what": "pruned", "pruned": until}, caller=None)
        for kept, kinds in due:
            async with self._still:
                await self._store.prune(kept, kinds)
        if "login" in until:
            await self._trail.names.forget_addresses(min(until["login"], until.get("refusal", 0)) - _DAY_MS)

    async def verify(self, verification: Verification) -> None:
        """Go over a chain from its beginning, be it this daemon's or another one's. Raises Broken, StorageFailed."""
        chain, own = verification.chain, self._trail.chain
        async with self._still:
            if chain == own.name:
                verification.remembered = own.head
            # What the writer remembers is on disk when this returns.
            await self._database.write()
            verification.names = await self._trail.names.of_chain(chain)
            segments = [kept.segment for kept in await self._store.segments(chain)]
            await in_thread(verification.take_segments, segments)
            async for page in self._store.all(chain):
                await in_thread(verification.take_all, page)
            verification.end()

    async def verify_row(self, row: Row) -> bool:
        """Whether a row is signed, with all that was signed with it. Raises Broken, StorageFailed."""
        check_row(row)
        segment = await self._store.segment_of(row)
        if segment is None:
            return False
        check_signature(segment, row["chain"])
        rows = await self._store.between(segment["chain"], segment["first"], segment["last"])
        of_kind = [one for one in rows if one["kind"] == row["kind"]]
        if row not in of_kind or kinds_of(of_kind) != {row["kind"]: segment["kinds"].get(row["kind"])}:
            raise Broken(f"row {row['number']}", "it is not among the rows that were signed")
        return True


def _old(kept: Kept, until: Mapping[str, int]) -> list[str]:
    """The kinds whose rows in a segment are all older than they are kept."""
    kinds = kept.segment["kinds"].items()
    return [kind for kind, said in kinds if kind not in kept.pruned and said["newest"] < until.get(kind, 0)]
