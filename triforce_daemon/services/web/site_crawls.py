"""Sites read in the background, as jobs of whoever wants them read."""

import re
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import Forbidden, JobNotFound
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.web.crawl import Crawled, CrawledPage, Crawler, Skipped, Wanted
from triforce_daemon.services.web.openings import checked
from triforce_daemon.services.web.outside import require_outside
from triforce_daemon.wire.errors import ErrorBody
from triforce_daemon.wire.jobs import Job, JobState

KIND = "crawl"
#: How far it is stands before the place that it is at, and is read from there: the job may run in another daemon.
_TALLY = re.compile(r"(\d+) pages, (\d+) errors")


class CrawlStatus(TypedDict):
    job_id: str
    status: JobState
    pages: int
    errors: int
    """Pages that could not be read."""
    progress: float
    results: list[CrawledPage]
    """When it is done, and only where they were asked for."""
    skipped: list[Skipped]
    remark: str | None
    """Why it has ended before it was done."""
    error: ErrorBody | None


class SiteCrawls:
    def __init__(self, crawler: Crawler, jobs: Jobs) -> None:
        self._crawler = crawler
        self._jobs = jobs

    async def start(self, caller: Caller, wanted: Wanted) -> Job:
        """Raises Forbidden, InvalidRequest, AddressRefused, StorageFailed."""
        require_outside(caller)
        if not wanted.obey_robots and not caller.is_admin:
            raise Forbidden("Only an admin may read a site against its robots.txt.", "Leave obey_robots as it is.")
        hosts = list(dict.fromkeys(urlsplit(checked(seed)[0]).netloc for seed in wanted.seeds))

        async def work(run: JobRun) -> object:
            def told(crawled: Crawled, url: str) -> None:
                run.progress(len(crawled.pages) / wanted.max_pages, f"{_tally(crawled)}: {url}")
                run.log(url)

            crawled = await self._crawler.crawl(wanted, told)
            run.progress(1.0, _tally(crawled))
            return {"pages": crawled.pages, "skipped": crawled.skipped, "remark": crawled.remark}

        return await self._jobs.start(caller, KIND, f"Read {', '.join(hosts)}"[:200], work)

    async def status(self, caller: Caller, job_id: str, *, include_results: bool) -> CrawlStatus:
        """Raises JobNotFound, AmbiguousId, StorageFailed."""
        job = await self._jobs.get(caller, job_id)
        if job["kind"] != KIND:
            raise JobNotFound(f"The job {job['id']} reads no site.", "job_get shows it.")
        tally = _TALLY.match(job["doing"] or "")
        result = cast("dict[str, Any]", job["result"] or {})
        skipped: Sequence[Skipped] = result.get("skipped", ())
        pages: Sequence[CrawledPage] = result.get("pages", ()) if include_results else ()
        return CrawlStatus(
            job_id=job["id"],
            status=job["state"],
            pages=int(tally[1]) if tally else 0,
            errors=int(tally[2]) if tally else 0,
            progress=job["progress"],
            results=list(pages),
            skipped=list(skipped),
            remark=result.get("remark"),
            error=job["error"],
        )


def _tally(crawled: Crawled) -> str:
    return f"{len(crawled.pages)} pages, {crawled.errors} errors"
