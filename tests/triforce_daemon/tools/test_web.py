"""Sites read in the background, through the daemon."""

import asyncio

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.web_house import web_house


async def test_a_site_is_read_in_the_background(folder: str) -> None:
    async with web_house(folder) as (served, site):
        begun = (await run(served, "crawl_site", url=f"{site.url}/", seeds=[f"{site.url}/a"]))["value"]
        async with asyncio.timeout(10):
            while True:
                status = (await run(served, "crawl_status", job_id=begun["job_id"], include_results=True))["value"]
                if status["status"] == "done":
                    break
                await asyncio.sleep(0.02)
        assert {page["title"] for page in status["results"]} == {"Start", "More"} and status["pages"] == 2
        job = (await run(served, "job_get", job_id=begun["job_id"]))["value"]
        assert (job["kind"], job["log"]) == ("crawl", [f"{site.url}/", f"{site.url}/a"])
        assert (await run(served, "crawl_status", job_id="nothing"))["error"]["code"] == "job_not_found"
