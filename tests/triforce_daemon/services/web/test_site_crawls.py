"""Sites read as jobs: how far they are, what has come of them, and for whom."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.triforce_daemon.services.searching.sources import ANNA
from tests.triforce_daemon.services.web.reading import reading
from tests.triforce_daemon.site import Site, site
from triforce_daemon.access.caller import SELF, Caller
from triforce_daemon.errors import AddressRefused, Forbidden, InvalidRequest, JobNotFound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.web.crawl import Wanted
from triforce_daemon.services.web.site_crawls import CrawlStatus, SiteCrawls
from triforce_daemon.settings import Jobs as Settings
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.jobs import JobStore
from triforce_daemon.stores.sqlite.database import SqliteDatabase

PAGES = {"/": "<title>Start</title><a href=/a>a</a><a href=/missing>x</a>", "/a": "<title>A</title>a"}


@pytest.fixture
async def database(folder: str) -> AsyncIterator[Database]:
    opened = SqliteDatabase(f"{folder}/t.db", "normal", 5)
    await opened.open()
    yield opened
    await opened.close()


@asynccontextmanager
async def crawling(database: Database) -> AsyncIterator[tuple[Site, SiteCrawls, Jobs]]:
    tasks = Tasks()
    jobs = Jobs(JobStore(database), tasks, Clock(), Settings(), "here", "here:1")
    async with site(PAGES) as running, reading() as read:
        yield running, SiteCrawls(read.crawler, jobs), jobs
        await tasks.stop()


async def ended(crawls: SiteCrawls, job: str, caller: Caller = ANNA) -> CrawlStatus:
    async with asyncio.timeout(10):
        while (status := await crawls.status(caller, job, include_results=True))["status"] in ("queued", "running"):
            await asyncio.sleep(0.01)
    return status


async def test_from_its_beginning_to_its_end(database: Database) -> None:
    async with crawling(database) as (running, crawls, _):
        job = await crawls.start(ANNA, Wanted([f"{running.url}/"], 10, 2))
        assert (job["kind"], job["title"]) == ("crawl", f"Read {running.url.removeprefix('http://')}")
        status = await ended(crawls, job["id"])
        assert (status["status"], status["pages"], status["errors"], status["progress"]) == ("done", 2, 1, 1.0)
        assert [page["title"] for page in status["results"]] == ["Start", "A"]
        assert status["skipped"][0]["url"] == f"{running.url}/missing"
        brief = await crawls.status(ANNA, job["id"][:8], include_results=False)
        assert (brief["results"], brief["pages"]) == ([], 2)
        with pytest.raises(JobNotFound):
            await crawls.status(Caller("user", "user/ben", user="b"), job["id"], include_results=True)


async def test_one_that_fails_says_why(database: Database) -> None:
    async with crawling(database) as (_, crawls, _):
        status = await ended(crawls, (await crawls.start(ANNA, Wanted(["http://10.0.0.1/"], 10, 2)))["id"])
        assert status["status"] == "failed" and status["error"] and status["error"]["code"] == "address_refused"


async def test_what_is_not_begun(database: Database) -> None:
    async with crawling(database) as (running, crawls, _):
        near = Caller("user", "user/ben", user="b", boundary="mesh")
        for caller, wanted, error in (
            (ANNA, Wanted(["ftp://a.example/"], 1, 1), InvalidRequest),
            (ANNA, Wanted([running.url, "http://me@a.example/"], 1, 1), AddressRefused),
            (ANNA, Wanted([running.url], 1, 1, obey_robots=False), Forbidden),
            (near, Wanted([running.url], 1, 1), Forbidden),
        ):
            with pytest.raises(error):
                await crawls.start(caller, wanted)
        job = await crawls.start(SELF, Wanted([running.url], 1, 1, obey_robots=False))
        assert (await ended(crawls, job["id"], SELF))["status"] == "done"
        assert "/robots.txt" not in running.asked


async def test_another_kind_of_job_is_none(database: Database) -> None:
    async def nothing(_: JobRun) -> object:
        return {}

    async with crawling(database) as (_, crawls, jobs):
        job = await jobs.start(ANNA, "other", "Something else", nothing)
        with pytest.raises(JobNotFound, match="reads no site"):
            await crawls.status(ANNA, job["id"], include_results=False)
