"""Sites read in the background, and searches that a model helps with."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.searching.smart import Asked, SmartSearch, SmartSearched
from triforce_daemon.services.web.crawl import Wanted
from triforce_daemon.services.web.site_crawls import CrawlStatus, SiteCrawls
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.jobs import JobState

Url = Annotated[str, Field(min_length=1, max_length=2_000)]
#: A site of 200 pages takes some minutes.
_SECONDS = 3_600.0
_CHARACTERS = 10_000


class CrawlBegun(TypedDict):
    job_id: str
    status: JobState


# What is read is kept in a job of the caller's; nothing else changes, and nobody has to agree to it.
@tool(
    tier="pro",
    effect="read",
    open_world=True,
    keywords=("whole site", "spider", "background", "many pages", "ganze Website", "Seiten sammeln", "Hintergrund"),
)
async def crawl_site(
    url: Annotated[Url, "where to begin"],
    seeds: Annotated[list[Url] | None, "further pages to begin at", Field(max_length=50)] = None,
    max_pages: Annotated[int, "how many pages at most", Field(ge=1, le=200)] = 40,
    max_depth: Annotated[int, "how many links away at most", Field(ge=0, le=10)] = 2,
    keywords: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]] | None,
        "only pages that hold one of them are kept",
        Field(max_length=50),
    ] = None,
    obey_robots: Annotated[bool, "whether to leave alone what robots.txt says; false is for admins"] = True,
    *,
    crawls: SiteCrawls,
    call: ToolCall,
) -> CrawlBegun:
    """Read many pages of a site in the background, at the hosts where it begins."""
    wanted = Wanted(
        [url, *(seeds or ())],
        max_pages,
        max_depth,
        keywords or (),
        obey_robots=obey_robots,
        seconds=_SECONDS,
        characters=_CHARACTERS,
    )
    job = await crawls.start(call.caller, wanted)
    return CrawlBegun(job_id=job["id"], status=job["state"])


@tool(
    tier="free",
    effect="read",
    keywords=("progress of a crawl", "how far", "results", "Stand", "Fortschritt", "Ergebnisse", "wie weit"),
)
async def crawl_status(
    job_id: Annotated[str, "what crawl_site told, or the beginning of it", Field(min_length=1, max_length=64)],
    include_results: Annotated[bool, "whether to show the pages, when it is done"] = False,
    *,
    crawls: SiteCrawls,
    call: ToolCall,
) -> CrawlStatus:
    """Tell how far the reading of a site is, and what it has found."""
    return await crawls.status(call.caller, job_id, include_results=include_results)


@tool(
    tier="pro",
    effect="read",
    open_world=True,
    keywords=(
        "research",
        "answer with sources",
        "summarize",
        "Recherche",
        "zusammenfassen",
        "mit Quellen",
        "beantworten",
    ),
)
async def smart_search(
    query: Annotated[str, "a question, or what is looked for", Field(min_length=1, max_length=1_000)],
    limit: Annotated[int, "how many results at most", Field(ge=1, le=100)] = 30,
    expand: Annotated[bool, "whether a model thinks of further queries"] = True,
    summarize: Annotated[bool, "whether a model answers from the results"] = True,
    model: Annotated[str | None, "an id, an alias or a bare name; without it the default model"] = None,
    *,
    smart: SmartSearch,
    call: ToolCall,
) -> SmartSearched:
    """Search with several queries, and answer from what is found, with sources.

    Asking a model needs the scope inference, and counts as any question to it.
    """
    asked = Asked(call.caller, call.request_id, query, limit, model)
    return await smart.find(asked, expand=expand, summarize=summarize)
