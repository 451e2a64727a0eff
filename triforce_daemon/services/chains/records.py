"""Chains as they are kept: found by their owner, moved from state to state, told in the words that travel."""

import logging
from collections.abc import Sequence
from decimal import Decimal

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import NotFound, StorageFailed
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.stores.chains import ChainRow, ChainStore, CycleRow
from triforce_daemon.wire.chains import Chain, ChainCycle
from triforce_daemon.wire.usage import Usage

log = logging.getLogger(__name__)

_DAY_MS = 86_400_000
_ROUND_SECONDS = 3_600
_MOST = 100


class ChainRecords:
    def __init__(self, store: ChainStore, clock: Clock, daemon: str, keep_days: int) -> None:
        """`daemon`: what tells this one from others of the machine, also after a restart."""
        self.store = store
        self.clock = clock
        self.daemon = daemon
        self._keep_ms = keep_days * _DAY_MS

    async def recover(self) -> None:
        """At start: what this daemon worked on when it ended was interrupted. Raises StorageFailed."""
        await self.store.interrupt(self.daemon, self.clock.now_ms())

    async def forget_old(self) -> None:
        """For ever: delete what nobody has touched for long enough."""
        while True:
            try:
                await self.store.forget(self.clock.now_ms() - self._keep_ms)
            except StorageFailed as error:
                log.warning(error.message)
            await self.clock.sleep(_ROUND_SECONDS)

    async def find(self, caller: Caller, name: str) -> ChainRow:
        """The caller's own, by its id or the beginning of it. Raises NotFound, StorageFailed."""
        rows = await self.store.starting(caller.account, name, 2) if name and caller.kind != "guest" else []
        row = next((row for row in rows if row["id"] == name), rows[0] if len(rows) == 1 else None)
        if row is None:
            said = "fits several chains" if rows else "fits no chain of yours"
            raise NotFound(f"{name!r} {said}.", "`chain_status` lists them.")
        return row

    async def page(self, caller: Caller, project: str | None) -> list[ChainRow]:
        """The caller's own, the newest first. Raises StorageFailed."""
        return [] if caller.kind == "guest" else await self.store.page(caller.account, project, _MOST)

    async def told(self, row: ChainRow, *, cycles: bool) -> Chain:
        """As its owner sees it. Raises StorageFailed."""
        return chain_of(row, await self.store.cycles(row["id"]), cycles=cycles)


def chain_of(row: ChainRow, cycles_: Sequence[CycleRow], *, cycles: bool) -> Chain:
    ended = row["status"] not in ("running", "pausing", "paused")
    costs = [cycle["cost"] for cycle in cycles_]
    chain = Chain(
        chain_id=row["id"],
        status=row["status"],
        project=row["project"],
        prompt=row["prompt"],
        lead=row["lead"],
        profile=row["profile"],
        aggressive=bool(row["aggressive"]),
        cycle=len(cycles_),
        max_cycles=row["max_cycles"],
        tokens=Usage(
            input_tokens=sum(cycle["tokens_in"] for cycle in cycles_),
            output_tokens=sum(cycle["tokens_out"] for cycle in cycles_),
            estimated=any(cycle["estimated"] for cycle in cycles_),
        ),
        cost=None if None in costs else f"{sum(map(Decimal, filter(None, costs)), Decimal(0)).normalize():f}",
        final_output=cycles_[-1]["report"] if ended and cycles_ else None,
        error=orjson.loads(row["error"]) if row["error"] else None,
        job_id=row["job"],
        created=rfc3339(row["created"]),
        updated=rfc3339(row["updated"]),
    )
    if cycles:
        chain["cycles"] = [_cycle(cycle) for cycle in cycles_]
    return chain


def _cycle(row: CycleRow) -> ChainCycle:
    return ChainCycle(
        number=row["number"],
        report=row["report"],
        next=row["next"],
        done=bool(row["done"]),
        steps=orjson.loads(row["steps"]),
        usage=Usage(input_tokens=row["tokens_in"], output_tokens=row["tokens_out"], estimated=bool(row["estimated"])),
        cost=row["cost"],
        receipt=row["request"],
        started=rfc3339(row["started"]),
        finished=rfc3339(row["finished"]),
    )
