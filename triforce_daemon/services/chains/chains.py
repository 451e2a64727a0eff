"""Chains: begun, looked at, paused, resumed, cancelled; each works as a job, and says honestly how it ended."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import (
    Conflict,
    InternalError,
    InvalidArguments,
    JobNotFound,
    TriforceError,
)
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.runtime.lifecycle import Lifecycle
from triforce_daemon.services.chains.cycles import Cycles
from triforce_daemon.services.chains.records import ChainRecords
from triforce_daemon.services.job_run import JobRun, revoked
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.sessions import title_of
from triforce_daemon.services.tool_turns.offer import Offer, Offers
from triforce_daemon.stores.chains import ChainRow
from triforce_daemon.toolbox.toolsets import SEARCH
from triforce_daemon.wire.chains import Chain, ChainAction, ChainState
from triforce_daemon.wire.constants import DEFAULT_ALIAS
from triforce_daemon.wire.sessions import ToolLimits

#: Of one account at the same time.
MOST_RUNNING = 5
_OPEN: tuple[ChainState, ChainState] = ("running", "pausing")
#: Of one cycle.
_LIMITS = ToolLimits(rounds=12, seconds=1_800)
_RESUMABLE = ("paused", "interrupted", "failed")


@dataclass(frozen=True, slots=True)
class NewChain:
    prompt: str
    project: str | None = None
    max_cycles: int = 10
    #: A toolset; None: the handful by which all others are found.
    profile: str | None = None
    #: A model or an alias; None: the default.
    lead: str | None = None
    #: Whether it may change things: what needs an approval waits for one.
    aggressive: bool = False


@dataclass(frozen=True, slots=True)
class Chains:
    records: ChainRecords
    cycles: Cycles
    offers: Offers
    jobs: Jobs
    lifecycle: Lifecycle

    async def start(self, caller: Caller, new: NewChain) -> Chain:
        """Raises ModelNotFound, NotFound and Forbidden of its tools, Conflict where too many run, StorageFailed."""
        if not new.prompt.strip():
            raise InvalidArguments("The argument prompt is empty.", "Say what the goal is.")
        lead, now = new.lead or DEFAULT_ALIAS, self.records.clock.now_ms()
        await self.cycles.loop.router.registry.resolve(lead, caller)
        running = [row for row in await self.records.page(caller, None) if row["status"] in _OPEN]
        if len(running) >= MOST_RUNNING:
            raise Conflict(f"{len(running)} chains of yours run already.", "Wait for one, or cancel it.")
        row = ChainRow(
            id=session_id(), account=caller.account, owner=caller.name, project=new.project, prompt=new.prompt,
            lead=lead, profile=new.profile or SEARCH, aggressive=int(new.aggressive), max_cycles=new.max_cycles,
            status="running", job="", error=None, daemon=self.records.daemon, created=now, updated=now,
        )  # fmt: skip
        offer = self._offer(caller, row)
        await self.records.store.insert(row)
        return await self._begin(caller, row, offer)

    async def status(self, caller: Caller, name: str | None, project: str | None, *, cycles: bool) -> list[Chain]:
        """One of the caller's, or all of them, of a project where one is named. Raises NotFound, StorageFailed."""
        rows = [await self.records.find(caller, name)] if name else await self.records.page(caller, project)
        return [await self.records.told(await self._true(caller, row), cycles=cycles) for row in rows]

    async def control(self, caller: Caller, name: str, action: ChainAction) -> Chain:
        """Raises NotFound, Conflict where it cannot be done as it stands, and as `start` does."""
        row = await self._true(caller, await self.records.find(caller, name))
        if action == "resume":
            return await self._resume(caller, row)
        if action == "pause":
            await self._moved(row, ("running", "running"), "pausing")
        elif row["status"] in _OPEN:
            await self._moved(row, _OPEN, "cancelled")
            with suppress(Conflict):
                # It may have ended at this moment.
                await self.jobs.cancel(caller, row["job"])
        else:
            await self._moved(row, ("paused", "interrupted"), "cancelled")
        return await self.records.told(await self.records.find(caller, row["id"]), cycles=False)

    async def _resume(self, caller: Caller, row: ChainRow) -> Chain:
        if row["status"] not in _RESUMABLE:
            raise Conflict(f"The chain {row['id']} is {row['status']}.", f"What is {' or '.join(_RESUMABLE)} can.")
        return await self._begin(caller, row, self._offer(caller, row))

    async def _begin(self, caller: Caller, row: ChainRow, offer: Offer) -> Chain:
        """Have a job work on it, which waits until the chain is known to be its."""
        ready = asyncio.Event()

        async def work(run: JobRun) -> object:
            await ready.wait()
            return await self._work(run, caller, row["id"], offer)

        job = await self.jobs.start(caller, "chain", title_of(row["prompt"]), work)
        try:
            now = self.records.clock.now_ms()
            if not await self.records.store.resume(row["id"], row["status"], job["id"], self.records.daemon, now):
                raise Conflict(f"The chain {row['id']} was resumed or cancelled meanwhile.", None)
        except TriforceError:
            await self.jobs.cancel(caller, job["id"])
            raise
        ready.set()
        return await self.records.told(await self.records.find(caller, row["id"]), cycles=False)

    async def _work(self, run: JobRun, caller: Caller, chain: str, offer: Offer) -> object:
        """Cycle after cycle, until it is told to end. What it returns is the job's result."""
        try:
            return await self._cycle_on(run, caller, chain, offer)
        except asyncio.CancelledError as cancelled:
            gone = revoked(cancelled)
            if gone is not None:
                await self._end(chain, "failed", gone)
            else:
                await self._end(chain, "cancelled" if run.cancelled else "interrupted")
            raise
        except TriforceError as error:
            if self.lifecycle.state == "draining":
                # What it stood on is taken apart: it is not its fault, and it can go on.
                await self._end(chain, "interrupted")
            else:
                await self._end(chain, "failed", error)
            raise
        except Exception:
            # The job's own supervisor logs it.
            await self._end(chain, "failed", InternalError("The chain has a bug; the daemon's log has the details."))
            raise

    async def _cycle_on(self, run: JobRun, caller: Caller, chain: str, offer: Offer) -> object:
        store, clock = self.records.store, self.records.clock
        row = await self.records.find(caller, chain)
        done = await store.cycles(chain)
        while len(done) < row["max_cycles"]:
            if await store.move(chain, ("pausing", "pausing"), "paused", clock.now_ms()):
                return {"chain_id": chain, "status": "paused"}
            run.progress(len(done) / row["max_cycles"], f"cycle {len(done) + 1} of {row['max_cycles']}")
            cycle = await self.cycles.run(caller, row, done, offer, run)
            await store.add(cycle)
            done.append(cycle)
            if cycle["done"]:
                break
        status: ChainState = "done" if done and done[-1]["done"] else "unfinished"
        await self._end(chain, status)
        return {"chain_id": chain, "status": status, "final_output": done[-1]["report"] if done else None}

    async def _end(self, chain: str, status: ChainState, error: TriforceError | None = None) -> None:
        """What was cancelled meanwhile stays so."""
        why = orjson.dumps(error.body()).decode() if error is not None else None
        await self.records.store.move(chain, _OPEN, status, self.records.clock.now_ms(), why)

    async def _moved(self, row: ChainRow, was: tuple[ChainState, ChainState], to: ChainState) -> None:
        if not await self.records.store.move(row["id"], was, to, self.records.clock.now_ms()):
            raise Conflict(f"The chain {row['id']} is {row['status']}.", "`chain_status` says how it stands.")

    async def _true(self, caller: Caller, row: ChainRow) -> ChainRow:
        """The row as it is: a job that ended before it began leaves its chain open."""
        if row["status"] not in _OPEN or not row["job"]:
            return row
        try:
            state = (await self.jobs.get(caller, row["job"]))["state"]
        except JobNotFound:
            state = "failed"
        if state in ("queued", "running", "done"):
            return row
        await self._end(row["id"], "cancelled" if state == "cancelled" else "interrupted")
        return await self.records.find(caller, row["id"])

    def _offer(self, caller: Caller, row: ChainRow) -> Offer:
        aggressive = bool(row["aggressive"])
        offer = self.offers.of(
            caller,
            toolset=row["profile"],
            approve="ask" if aggressive else "never",
            limits=_LIMITS,
            changes=aggressive,
        )
        assert offer is not None, "a toolset is named"
        return offer
