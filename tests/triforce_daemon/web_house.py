"""A daemon with a web around it: one server of the test's that is SearXNG, Wikipedia, Open-Meteo, and a site."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.services.searching.known_answers import EVERYTHING
from tests.triforce_daemon.site import Answer, Site, site

PAGES: Mapping[str, Answer | str] = {
    "/": "<title>Start</title><p>About walruses.</p><a href=/a>more</a>",
    "/a": "<title>More</title><p>They eat herring.</p>",
}


def flags(running: Site) -> dict[str, str]:
    """The settings with which a daemon knows of it."""
    named = ("search__searxng_url", "search__wikipedia_url", "weather__forecast_url", "weather__places_url")
    return {**dict.fromkeys(named, running.url), "web__delay_seconds": "0"}


@asynccontextmanager
async def web_house(folder: str, **more: str) -> AsyncIterator[tuple[ServedDaemon, Site]]:
    """Tools may read the site itself, unless `more` says otherwise."""
    async with site({**EVERYTHING, **PAGES}) as running:
        opened = {"web__allow": f"127.0.0.1:{running.port}"}
        async with serve(folder, **{**flags(running), **opened, **more}) as served:
            yield served, running
