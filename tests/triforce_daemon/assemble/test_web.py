"""What is built for the web does as the settings say."""

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.site import Answer
from tests.triforce_daemon.web_house import web_house


async def test_the_settings_reach_what_asks(folder: str) -> None:
    more = {"web__contact": "https://me.example", "web__page_bytes": "1024", "search__cache_seconds": "0"}
    async with web_house(folder, **more) as (served, site):
        site.answers["/long"] = Answer("<p>" + "x" * 2_000)
        page = (await run(served, "crawl", url=f"{site.url}/long"))["value"]["pages"][0]
        assert page["truncated"] and len(page["text"]) < 1_024
        for _ in range(2):
            assert not (await run(served, "search", query="sqlite", limit=1))["value"]["cached"]
        assert len(site.heads) == 4 and all("(+https://me.example)" in head for head in site.heads)
