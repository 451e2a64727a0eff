"""The sources of the web, put together for tests with a server of the test's behind them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.triforce_daemon.site import Answer, Site, site
from triforce_daemon.access.caller import Caller
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.services.searching.searxng import Searxng
from triforce_daemon.services.searching.source import Query
from triforce_daemon.services.searching.wikipedia import Wikipedia
from triforce_daemon.services.web.json_api import JsonApi
from triforce_daemon.web_settings import Search

ANNA = Caller("user", "user/anna", user="a", scopes=frozenset({"tools"}))


@dataclass
class Sources:
    site: Site
    api: JsonApi
    searxng: Searxng
    wikipedia: Wikipedia


@asynccontextmanager
async def sources(answers: Mapping[str, Answer | str]) -> AsyncIterator[Sources]:
    outbound = Outbound({})
    async with site(answers) as running:
        settings = Search(searxng_url=running.url, wikipedia_url=running.url, seconds=2)
        api = JsonApi(outbound, "triforce/test")
        yield Sources(running, api, Searxng(api, settings), Wikipedia(api, settings))
        await outbound.close()


def query(text: str = "sqlite", limit: int = 10, lang: str | None = None, caller: Caller = ANNA) -> Query:
    return Query(caller, text, limit, lang)
