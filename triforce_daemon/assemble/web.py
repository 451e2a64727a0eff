"""What tools need to read and look up things on the web."""

from collections.abc import Sequence

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.children.page_reader import PageReader
from triforce_daemon.services.asking.asker import Asker
from triforce_daemon.services.asking.extraction import Extraction
from triforce_daemon.services.jobs import Jobs
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.searching.cache import SearchCache
from triforce_daemon.services.searching.local import Local
from triforce_daemon.services.searching.searches import Searches
from triforce_daemon.services.searching.searxng import Searxng
from triforce_daemon.services.searching.smart import SmartSearch
from triforce_daemon.services.searching.wikipedia import Wikipedia
from triforce_daemon.services.sessions import Sessions
from triforce_daemon.services.web.crawl import Crawler
from triforce_daemon.services.web.fetch import Fetcher, agent
from triforce_daemon.services.web.host_turns import HostTurns
from triforce_daemon.services.web.json_api import JsonApi
from triforce_daemon.services.web.pages import Pages
from triforce_daemon.services.web.robots import Robots
from triforce_daemon.services.web.site_crawls import SiteCrawls
from triforce_daemon.services.web.weather import Weathers


def web(
    ground: Ground, jobs: Jobs, sessions: Sessions, memory: MemorySearch, asker: Asker, extraction: Extraction
) -> Sequence[object]:
    """One fetcher for all of them: whoever asks, a host is asked by one at a time."""
    settings, clock, outbound = ground.settings, ground.clock, ground.world.outbound
    fetcher = Fetcher(outbound, HostTurns(clock), settings.web)
    pages = Pages(fetcher, PageReader(ground.tasks, ground.world.sandbox))
    crawler = Crawler(pages, Robots(fetcher, clock), clock)
    api = JsonApi(outbound, agent(settings.web))
    sources = (Searxng(api, settings.search), Wikipedia(api, settings.search), Local(sessions, memory))
    searches = Searches(sources, SearchCache(clock, settings.search.cache_seconds), clock)
    return (
        *(fetcher, crawler, SiteCrawls(crawler, jobs)),
        *(searches, SmartSearch(searches, extraction, asker), Weathers(api, settings.weather)),
    )
