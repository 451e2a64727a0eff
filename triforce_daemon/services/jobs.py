"""Long work in the background: started, looked at, waited for, cancelled; and told honestly after a restart."""

import asyncio
import logging

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.presence import Presence
from triforce_daemon.errors import (
    AmbiguousId,
    Conflict,
    InternalError,
    JobNotFound,
    StorageFailed,
    TriforceError,
    Unauthenticated,
)
from triforce_daemon.runtime.clock import Clock, rfc3339, when
from triforce_daemon.runtime.identifiers import session_id
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.job_run import JobRun, Work, daemon_ended, revoked
from triforce_daemon.settings import Jobs as Settings
from triforce_daemon.stores.jobs import JobRow, JobStore
from triforce_daemon.wire.jobs import Job, JobDetail, JobList, JobState

log = logging.getLogger(__name__)

_DAY_MS = 86_400_000
_ROUND_SECONDS = 3_600
#: How often what runs is written down, and looked at whether somebody else wants it to end.
_KEEP_SECONDS = 0.5
#: How often a job is looked at for whom it waits.
_LOOK_SECONDS = 0.2
#: How long an order to end is waited for before it is said how it stands.
_END_SECONDS = 1.0
_SHOWN = 5
_OPEN = ("queued", "running")
#: So many of one account may be open at a time: the others want to have theirs done as well.
_MOST_OPEN = 100


class Jobs:
    def __init__(
        self,
        store: JobStore,
        tasks: Tasks,
        clock: Clock,
        settings: Settings,
        node: str,
        daemon: str,
        presence: Presence | None = None,
    ) -> None:
        """`daemon`: what tells this one from others of the machine, also after a restart; `presence`: where it is
        heard that somebody has lost his rights."""
        self._store = store
        self._tasks = tasks
        self._clock = clock
        self._settings = settings
        self._node, self._daemon = node, daemon
        self._presence = presence or Presence()
        self._room = asyncio.Semaphore(settings.parallel)
        self._running: dict[str, tuple[JobRun, asyncio.Task[None]]] = {}

    async def recover(self) -> None:
        """At start: what this daemon had open when it ended has failed. Raises StorageFailed."""
        why = orjson.dumps(daemon_ended().body()).decode()
        await self._store.abandon(self._daemon, why, self._clock.now_ms())

    async def start(self, caller: Caller, kind: str, title: str, work: Work) -> Job:
        """Begin `work` for the caller, as soon as there is room; it ends where he loses his rights meanwhile.

        Raises Conflict where too many of his are open, StorageFailed.
        """
        if sum(run.account == caller.account for run, _ in self._running.values()) >= _MOST_OPEN:
            raise Conflict(f"{_MOST_OPEN} of your jobs are open already.", "`triforce jobs list` shows them.")
        row = JobRow(
            id=session_id(),
            account=caller.account,
            owner=caller.name,
            kind=kind,
            title=title,
            state="queued",
            progress=0.0,
            doing=None,
            result=None,
            error=None,
            log="[]",
            node=self._node,
            daemon=self._daemon,
            cancel=None,
            created=self._clock.now_ms(),
            started=None,
            finished=None,
        )
        await self._store.insert(row)
        run = JobRun(row)
        self._running[run.id] = run, self._tasks.start(self._attended(caller, run, work), f"job {run.id}")
        return job_of(run.row())

    async def all(
        self, caller: Caller, state: JobState | None = None, limit: int = 50, *, everybody: bool = True
    ) -> JobList:
        """The caller's own, for an admin unless `everybody` is false all; the newest first. Raises StorageFailed."""
        if caller.kind == "guest":
            # Guests are one another's strangers, and share a name.
            return JobList(schema="triforce.jobs.list/1", items=[], next=None)
        rows = await self._store.page(
            _seen_by(caller) if everybody else caller.account, None, 1_000 if state else limit
        )
        items = [job for row in rows if (job := job_of(self._live(row))) and state in (None, job["state"])]
        return JobList(schema="triforce.jobs.list/1", items=items[:limit], next=None)

    async def counts(self, caller: Caller) -> dict[JobState, int]:
        """How many there are in each state: the caller's own, for an admin all. Raises StorageFailed."""
        return {} if caller.kind == "guest" else await self._store.counts(_seen_by(caller))

    async def get(self, caller: Caller, name: str) -> JobDetail:
        """By id or the beginning of one. Raises JobNotFound, AmbiguousId, StorageFailed."""
        return detail_of(await self._row(caller, name))

    async def wait(self, caller: Caller, name: str, seconds: float) -> JobDetail:
        """The job as soon as it has ended, or as it is after `seconds`. Raises as `get` does."""
        ends = self._clock.ticks() + seconds
        row = await self._row(caller, name)
        while row["state"] in _OPEN and (left := ends - self._clock.ticks()) > 0:
            await self._clock.sleep(min(left, _LOOK_SECONDS))
            row = await self._row(caller, row["id"])
        return detail_of(row)

    async def cancel(self, caller: Caller, name: str) -> JobDetail:
        """Have it end, and say how it stands a second later. Raises as `get` does, and Conflict where it has ended."""
        row = await self._row(caller, name)
        if not await self._store.ask_to_end(row["id"], self._clock.now_ms()):
            raise Conflict(f"The job {row['id']} is {row['state']} already.", None)
        self._end(row["id"])
        return await self.wait(caller, row["id"], _END_SECONDS)

    async def keep(self) -> None:
        """For ever: write down how far jobs are, and end those that somebody wants to end, on whichever daemon."""
        while True:
            await self._clock.sleep(_KEEP_SECONDS)
            try:
                for run in [run for run, _ in self._running.values() if run.changed]:
                    await self._store.change(run.row())
                for job in await self._store.asked_to_end(self._daemon) if self._running else ():
                    self._end(job)
            except StorageFailed as error:
                # The next round tries again; how they end is written in any case.
                log.warning("how far jobs are was not kept", extra={"reason": error.message})

    async def forget_old(self) -> None:
        """For ever: delete what ended long enough ago."""
        while True:
            try:
                await self._store.forget(self._clock.now_ms() - self._settings.keep_days * _DAY_MS)
            except StorageFailed as error:
                log.warning(error.message)
            await self._clock.sleep(_ROUND_SECONDS)

    def _end(self, job: str) -> None:
        run, task = self._running.get(job, (None, None))
        if run is not None and task is not None and not run.cancelled:
            run.cancelled = True
            task.cancel()

    async def _attended(self, caller: Caller, run: JobRun, work: Work) -> None:
        """The job, queued or running, as long as its caller may have it done."""
        task = asyncio.current_task()
        assert task is not None
        gone = Unauthenticated("Your access was revoked while this was worked on.", None)

        def cut() -> None:
            task.cancel(gone)

        self._presence.enter(caller, cut)
        try:
            await self._run(run, work)
        finally:
            self._presence.leave(cut)

    async def _run(self, run: JobRun, work: Work) -> None:
        try:
            async with self._room:
                run.begin(self._clock.now_ms())
                await self._store.change(run.row())
                run.succeed(await work(run), self._clock.now_ms())
        except asyncio.CancelledError as cancelled:
            if run.cancelled:
                run.end_cancelled(self._clock.now_ms())
            else:
                run.fail(revoked(cancelled) or daemon_ended(), self._clock.now_ms())
        except TriforceError as error:
            run.fail(error, self._clock.now_ms())
        except Exception:
            log.exception("a job failed", extra={"job": run.id})
            run.fail(InternalError("The job has a bug; the daemon's log has the details."), self._clock.now_ms())
        try:
            await self._store.change(run.row())
        finally:
            del self._running[run.id]

    async def _row(self, caller: Caller, name: str) -> JobRow:
        if not name or caller.kind == "guest":
            raise _unknown(name)
        rows = await self._store.starting(_seen_by(caller), name, _SHOWN + 1)
        row = next((row for row in rows if row["id"] == name), rows[0] if len(rows) == 1 else None)
        if row is None and rows:
            shown = ", ".join(row["id"] for row in rows[:_SHOWN]) + (" …" if len(rows) > _SHOWN else "")
            raise AmbiguousId(f"`{name}` fits several jobs: {shown}.", "Write more of the id.")
        if row is None:
            raise _unknown(name)
        return self._live(row)

    def _live(self, row: JobRow) -> JobRow:
        """What is known here is newer than what was written down."""
        known = self._running.get(row["id"])
        # To read it does not mean that it is kept.
        return known[0].peek() if known is not None else row


def _seen_by(caller: Caller) -> str | None:
    return None if caller.is_admin else caller.account


def job_of(row: JobRow) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        state=row["state"],
        progress=row["progress"],
        doing=row["doing"],
        owner=row["owner"],
        node=row["node"],
        created=rfc3339(row["created"]),
        started=when(row["started"]),
        finished=when(row["finished"]),
    )


def detail_of(row: JobRow) -> JobDetail:
    return JobDetail(
        **job_of(row),
        schema="triforce.jobs.show/1",
        result=orjson.loads(row["result"]) if row["result"] is not None else None,
        error=orjson.loads(row["error"]) if row["error"] is not None else None,
        log=orjson.loads(row["log"]),
    )


def _unknown(name: str) -> JobNotFound:
    return JobNotFound(f"There is no job `{name}`.", "`triforce jobs list` shows them.")
