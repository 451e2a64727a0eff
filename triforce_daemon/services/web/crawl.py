"""Reads a page and those that it leads to, nearest first, one at a time, as its site wants it."""

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from urllib.parse import urlsplit

from typing_extensions import TypedDict

from triforce_daemon.errors import Forbidden, TriforceError
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.web.openings import checked
from triforce_daemon.services.web.pages import Page, Pages
from triforce_daemon.services.web.robots import Robots

#: What is remembered of one crawl: places to look at, and places that were not shown.
_FRONTIER = 5_000
_SKIPPED = 200
#: Of the links of a page as many are shown as have so many characters together.
_LINKS = 10_000
#: Pages that are looked at for each that may be shown, where keywords choose among them.
_LOOKS_PER_PAGE = 5
_USUAL_PORT = re.compile(r"(?<=^http://)([^/?]*):80(?=[/?]|$)|(?<=^https://)([^/?]*):443(?=[/?]|$)")


class CrawledPage(TypedDict):
    url: str
    title: str
    text: str
    links: list[str]
    status: int
    truncated: bool
    """There is more of it."""


class Skipped(TypedDict):
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    seeds: Sequence[str]
    max_pages: int
    max_depth: int
    keywords: Sequence[str] = ()
    same_host: bool = True
    obey_robots: bool = True
    seconds: float = 60.0
    """When it ends, whatever is left to look at."""
    characters: int = 20_000
    """Of the text of each page."""


@dataclass(slots=True)
class Crawled:
    """What has come of it so far; `remark`: why it has ended before it was done."""

    pages: list[CrawledPage] = field(default_factory=list[CrawledPage])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    errors: int = 0
    looked: int = 0
    remark: str | None = None


class Crawler:
    def __init__(self, pages: Pages, robots: Robots, clock: Clock) -> None:
        self._pages = pages
        self._robots = robots
        self._clock = clock

    async def crawl(self, wanted: Wanted, told: Callable[[Crawled, str], None]) -> Crawled:
        """`told` hears of each place that is looked at next.

        Raises what the first seed fails with, where there is nothing else to look at.
        """
        frontier = _Frontier(wanted)
        crawled, ends = Crawled(), self._clock.ticks() + wanted.seconds
        while (place := frontier.next()) is not None and len(crawled.pages) < wanted.max_pages:
            if crawled.looked >= _LOOKS_PER_PAGE * wanted.max_pages:
                crawled.remark = f"It ended after {crawled.looked} pages, of which few held the keywords."
                break
            if self._clock.ticks() > ends:
                crawled.remark = f"It ended after {wanted.seconds:g} s; there was more to read."
                break
            told(crawled, place.url)
            crawled.looked += 1
            try:
                page = await self._read(place, wanted, frontier)
            except TriforceError as error:
                if frontier.nothing_else and not crawled.pages:
                    raise
                crawled.errors += 1
                _skip(crawled, place.url, error.message)
                continue
            self._take(page, place, wanted, frontier, crawled)
        return crawled

    async def _read(self, place: "_Place", wanted: Wanted, frontier: "_Frontier") -> Page:
        async def before(url: str) -> None:
            if not frontier.within(url, place):
                raise Forbidden("The page was moved to another host.", "With same_host=false it is read there.")
            if wanted.obey_robots:
                await self._robots.require(url)

        checked(place.url)
        pause = await self._robots.pause(place.url) if wanted.obey_robots else None
        return await self._pages.read(place.url, before, wanted.characters, pause)

    def _take(self, page: Page, place: "_Place", wanted: Wanted, frontier: "_Frontier", crawled: Crawled) -> None:
        if not frontier.arrived(page.url, place):
            return _skip(crawled, place.url, f"It is the same as {page.url}.")
        if page.follow or not wanted.obey_robots:
            frontier.add(page.links, place.depth + 1)
        if wanted.obey_robots and not page.index:
            return _skip(crawled, page.url, "The page asks not to be shown elsewhere.")
        if wanted.keywords and not _holds(page, wanted.keywords):
            return _skip(crawled, page.url, "It holds none of the keywords.")
        crawled.pages.append(
            CrawledPage(
                url=page.url,
                title=page.title,
                text=page.text,
                links=_shown(page.links),
                status=page.status,
                truncated=page.truncated,
            )
        )
        return None


@dataclass(frozen=True, slots=True)
class _Place:
    url: str
    depth: int


class _Frontier:
    """Where there is still to look, and where it was looked already."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._hosts: set[str] = set()
        self._seen: set[str] = set()
        self._read: set[str] = set()
        self._waiting: deque[_Place] = deque()
        for seed in wanted.seeds:
            self._hosts.add(_host(seed))
        self.add(wanted.seeds, 0)
        self.nothing_else = len(self._waiting) == 1

    def next(self) -> _Place | None:
        return self._waiting.popleft() if self._waiting else None

    def add(self, urls: Sequence[str], depth: int) -> None:
        if depth > self._wanted.max_depth:
            return
        for url in urls:
            key = same(url)
            if key in self._seen or len(self._waiting) >= _FRONTIER:
                continue
            if depth and self._wanted.same_host and _host(url) not in self._hosts:
                continue
            self._seen.add(key)
            self._waiting.append(_Place(url, depth))
            self.nothing_else = False

    def within(self, url: str, place: _Place) -> bool:
        """Whether the page at `place` may be read at `url`; a seed may be anywhere."""
        return place.depth == 0 or not self._wanted.same_host or _host(url) in self._hosts

    def arrived(self, url: str, place: _Place) -> bool:
        """The page at `place` was found at `url`; whether it was not read before."""
        key = same(url)
        if key in self._read:
            return False
        self._read.add(key)
        self._seen.add(key)
        if place.depth == 0:
            self._hosts.add(_host(url))
        return True


def same(url: str) -> str:
    """The URL as it stands for all that lead to the same page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    plain = parts._replace(
        scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), path=parts.path or "/", fragment=""
    )
    return _USUAL_PORT.sub(lambda found: found[1] or found[2] or "", plain.geturl())


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _shown(links: Sequence[str]) -> list[str]:
    sizes = accumulate(map(len, links))
    return [link for link, size in zip(links, sizes, strict=True) if size <= _LINKS]


def _holds(page: Page, keywords: Sequence[str]) -> bool:
    text = f"{page.title}\n{page.text}".casefold()
    return any(word.casefold() in text for word in keywords)


def _skip(crawled: Crawled, url: str, reason: str) -> None:
    if len(crawled.skipped) < _SKIPPED:
        crawled.skipped.append(Skipped(url=url, reason=reason))
