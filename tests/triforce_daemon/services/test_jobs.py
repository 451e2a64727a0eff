"""Jobs: how they run, who sees them, how they end, and what a restart makes of them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from triforce_daemon.access.caller import Caller
from triforce_daemon.access.presence import Presence
from triforce_daemon.errors import AmbiguousId, Conflict, Forbidden, JobNotFound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.settings import Jobs as Settings
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.jobs import JobStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase

OWNER = Caller(kind="owner", name="me")
ANNA = Caller(kind="user", name="user/anna", user="a")
BEN = Caller(kind="user", name="user/ben", user="b")
ADMIN = Caller(kind="user", name="user/root", user="r", admin=True)
GUEST = Caller(kind="guest", name="guest")

Start = Callable[..., Jobs]


@pytest.fixture
async def database(folder: str) -> AsyncIterator[Database]:
    opened = SqliteDatabase(f"{folder}/t.db", "normal", 5)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


@pytest.fixture
def daemon(database: Database, tasks: Tasks) -> Start:
    """A daemon's jobs; `named` tells it from others that share the database."""

    def daemon(named: str = "one", own: Tasks = tasks, presence: Presence | None = None, **settings: int) -> Jobs:
        return Jobs(JobStore(database), own, Clock(), Settings(**settings), "node", named, presence)

    return daemon


@pytest.fixture
def jobs(daemon: Start) -> Jobs:
    return daemon()


async def forever(_: JobRun) -> object:
    await asyncio.sleep(60)
    return None


async def test_what_a_job_says_and_what_comes_of_it(jobs: Jobs) -> None:
    going = asyncio.Event()

    async def work(run: JobRun) -> object:
        run.progress(0.25, "counting")
        run.log("one")
        await going.wait()
        run.log("two")
        return {"counted": 2}

    made = await jobs.start(ANNA, "count", "Count to two", work)
    assert (made["state"], made["progress"], made["owner"], made["node"]) == ("queued", 0.0, "user/anna", "node")
    while (seen := await jobs.get(ANNA, made["id"]))["progress"] == 0:
        await asyncio.sleep(0.01)
    assert (seen["state"], seen["progress"], seen["doing"], seen["log"]) == ("running", 0.25, "counting", ["one"])
    assert (seen["result"], seen["finished"]) == (None, None)
    going.set()
    done = await jobs.wait(ANNA, made["id"], 5)
    assert (done["state"], done["progress"], done["result"]) == ("done", 1.0, {"counted": 2})
    assert done["log"] == ["one", "two"] and done["started"] and done["finished"]


async def test_how_a_job_fails(jobs: Jobs) -> None:
    async def refused(_: JobRun) -> object:
        raise Forbidden("Not this.", "Take that.")

    async def broken(_: JobRun) -> object:
        raise ZeroDivisionError

    async def no_json(_: JobRun) -> object:
        return object()

    made = [await jobs.start(ANNA, "x", "x", work) for work in (refused, broken, no_json)]
    ended = [await jobs.wait(ANNA, job["id"], 5) for job in made]
    assert [job["state"] for job in ended] == ["failed"] * 3
    assert [job["error"] and job["error"]["code"] for job in ended] == ["forbidden", "internal_error", "internal_error"]
    assert ended[0]["error"] and ended[0]["error"]["hint"] == "Take that."


async def test_more_than_may_run_wait_in_line(daemon: Start) -> None:
    jobs = daemon(parallel=1)
    going = asyncio.Event()

    async def work(_: JobRun) -> object:
        await going.wait()
        return None

    first, second = [await jobs.start(ANNA, "x", "x", work) for _ in range(2)]
    await asyncio.sleep(0.05)
    assert (await jobs.get(ANNA, first["id"]))["state"] == "running"
    assert (await jobs.get(ANNA, second["id"]))["state"] == "queued"
    assert [job["id"] for job in (await jobs.all(ANNA, "queued"))["items"]] == [second["id"]]
    for caller, counts in (
        (ANNA, {"running": 1, "queued": 1}),
        (ADMIN, {"running": 1, "queued": 1}),
        (BEN, {}),
        (GUEST, {}),
    ):
        assert await jobs.counts(caller) == counts
    assert (await jobs.cancel(ANNA, second["id"]))["state"] == "cancelled"
    going.set()
    assert (await jobs.wait(ANNA, first["id"], 5))["state"] == "done"


async def test_a_job_ends_within_a_second(jobs: Jobs) -> None:
    made = await jobs.start(ANNA, "x", "x", forever)
    began = time.monotonic()
    assert (await jobs.cancel(ANNA, made["id"]))["state"] == "cancelled"
    assert time.monotonic() - began < 1
    with pytest.raises(Conflict, match="cancelled already"):
        await jobs.cancel(ANNA, made["id"])


async def test_one_that_takes_its_time_is_waited_for_no_longer_than_a_second(jobs: Jobs) -> None:
    async def slow(_: JobRun) -> object:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(1.5)

    made = await jobs.start(ANNA, "x", "x", slow)
    await asyncio.sleep(0.05)
    assert (await jobs.cancel(ANNA, made["id"]))["state"] == "running"
    assert (await jobs.wait(ANNA, made["id"], 5))["state"] == "cancelled"


async def test_waiting_ends_with_the_time_that_it_was_given(jobs: Jobs) -> None:
    made = await jobs.start(ANNA, "x", "x", forever)
    began = time.monotonic()
    assert (await jobs.wait(ANNA, made["id"], 0.3))["state"] == "running"
    assert 0.2 < time.monotonic() - began < 2


async def test_each_sees_his_own_and_admins_see_all(jobs: Jobs) -> None:
    made = await jobs.start(ANNA, "x", "x", forever)
    for caller in (ANNA, ADMIN, OWNER):
        assert [job["id"] for job in (await jobs.all(caller))["items"]] == [made["id"]]
        assert (await jobs.get(caller, made["id"][:4]))["id"] == made["id"]
    for caller in (BEN, GUEST):
        assert (await jobs.all(caller))["items"] == []
        for asking in (jobs.get(caller, made["id"]), jobs.cancel(caller, made["id"]), jobs.wait(caller, "", 0)):
            with pytest.raises(JobNotFound):
                await asking
    assert (await jobs.cancel(ADMIN, made["id"]))["state"] == "cancelled"


async def test_a_beginning_that_fits_several(jobs: Jobs) -> None:
    made = [await jobs.start(ANNA, "x", "x", forever) for _ in range(30)]
    letters = [job["id"][0] for job in made]
    twice = next(letter for letter in letters if letters.count(letter) > 1)
    with pytest.raises(AmbiguousId, match="fits several jobs"):
        await jobs.get(ANNA, twice)


async def test_a_daemon_that_stops_says_so_of_its_jobs(daemon: Start) -> None:
    own = Tasks()
    jobs = daemon("one", own)
    made = await jobs.start(ANNA, "x", "x", forever)
    await asyncio.sleep(0.05)
    await own.stop()
    ended = await jobs.get(ANNA, made["id"])
    assert ended["state"] == "failed"
    assert ended["error"] and "The daemon ended" in ended["error"]["message"]


async def test_what_a_daemon_that_was_killed_left_open_has_failed(daemon: Start, database: Database) -> None:
    made = await daemon("one").start(ANNA, "x", "x", forever)
    other = await daemon("two").start(ANNA, "x", "x", forever)
    await asyncio.sleep(0.05)
    again = daemon("one")
    await again.recover()
    ended = await again.get(ANNA, made["id"])
    assert ended["state"] == "failed" and ended["finished"]
    assert ended["error"] and "The daemon ended" in ended["error"]["message"]
    # Another daemon that shares the database is alive.
    assert (await again.get(ANNA, other["id"]))["state"] == "running"


async def test_another_daemon_is_asked_to_end_its_job(daemon: Start, tasks: Tasks) -> None:
    working, asked = daemon("one"), daemon("two")
    tasks.start(working.keep(), "keep")

    async def counting(run: JobRun) -> object:
        run.progress(0.5, "half")
        await asyncio.sleep(60)
        return None

    made = await working.start(ANNA, "x", "x", counting)
    async with asyncio.timeout(5):
        while (await asked.get(ANNA, made["id"]))["progress"] != 0.5:
            await asyncio.sleep(0.05)
    await asked.cancel(ANNA, made["id"])
    assert (await asked.wait(ANNA, made["id"], 5))["state"] == "cancelled"


async def test_what_ended_long_ago_is_forgotten(daemon: Start, database: Database, tasks: Tasks) -> None:
    made = await daemon().start(ANNA, "x", "x", forever)
    await daemon().wait(ANNA, made["id"], 0)

    class InAMonth(Clock):
        def now_ms(self) -> int:
            return int((time.time() + 31 * 86_400) * 1_000)

    later = Jobs(JobStore(database), tasks, InAMonth(), Settings(keep_days=30), "node", "one")
    tasks.start(later.forget_old(), "forget")
    await asyncio.sleep(0.1)
    # It runs.
    assert (await later.all(ANNA))["items"]
    await later.recover()
    await JobStore(database).forget(int(time.time() * 1_000) + 40 * 86_400_000)
    assert (await later.all(ANNA))["items"] == []


async def test_who_loses_his_rights_loses_his_jobs_also_those_that_wait(daemon: Start) -> None:
    presence = Presence()
    jobs = daemon(presence=presence, parallel=1)
    made = [await jobs.start(ANNA, "x", "x", forever) for _ in range(2)]
    theirs = await jobs.start(BEN, "x", "x", forever)
    await jobs.wait(ANNA, made[0]["id"], 0.05)
    presence.end(lambda caller: caller.user == "a")
    for job in made:
        ended = await jobs.wait(ANNA, job["id"], 5)
        assert ended["state"] == "failed" and ended["error"] and ended["error"]["code"] == "unauthenticated"
    assert (await jobs.get(BEN, theirs["id"]))["state"] == "running"


async def test_nobody_has_jobs_without_number(daemon: Start) -> None:
    jobs = daemon()
    for _ in range(100):
        await jobs.start(ANNA, "x", "x", forever)
    with pytest.raises(Conflict, match="open already"):
        await jobs.start(ANNA, "x", "x", forever)
    assert await jobs.start(BEN, "x", "x", forever)
