"""What reads pages, put together for tests: without pauses, and with the children's work done in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from triforce_daemon.children import page_process
from triforce_daemon.children.page_reader import PageReader
from triforce_daemon.children.page_words import PageText, Question
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.web.crawl import Crawler
from triforce_daemon.services.web.fetch import Fetcher
from triforce_daemon.services.web.host_turns import HostTurns
from triforce_daemon.services.web.pages import Pages
from triforce_daemon.services.web.robots import Robots
from triforce_daemon.web_settings import Web


class HereReader(PageReader):
    """Reads without a child, which has tests of its own: they take a tenth of a second each."""

    def __init__(self) -> None: ...

    async def read(self, page: bytes, question: Question) -> PageText:
        return page_process.read(page, question)


@dataclass
class Reading:
    fetcher: Fetcher
    robots: Robots
    pages: Pages
    crawler: Crawler


@asynccontextmanager
async def reading(clock: Clock | None = None, **settings: object) -> AsyncIterator[Reading]:
    """`settings`: of the web; this machine is open."""
    clock, outbound = clock or Clock(), Outbound({})
    web = Web.model_validate({"allow": ["127.0.0.1", "localhost"], "delay_seconds": 0, **settings})
    fetcher = Fetcher(outbound, HostTurns(clock), web)
    robots, pages = Robots(fetcher, clock), Pages(fetcher, HereReader())
    try:
        yield Reading(fetcher, robots, pages, Crawler(pages, robots, clock))
    finally:
        await outbound.close()
