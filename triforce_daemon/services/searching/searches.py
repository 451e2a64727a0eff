"""Searches in one source, or in several at once whose results are merged."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Literal

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ToolUnavailable, TriforceError, UpstreamFailed, UpstreamTimeout
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.rankings import mixed
from triforce_daemon.services.searching.cache import SearchCache
from triforce_daemon.services.searching.local import readable
from triforce_daemon.services.searching.source import Found, Query, Result, Source, SourceName
from triforce_daemon.services.web.crawl import same
from triforce_daemon.services.web.outside import may_outside, require_outside
from triforce_daemon.wire.errors import ErrorBody

#: How long it is believed what was found out about a source: everybody may ask.
_HEALTH_SECONDS = 30.0
_PROBE_SECONDS = 5.0


class Searched(TypedDict):
    results: list[Result]
    source: str
    """Who was asked."""
    cached: bool
    remark: str | None
    """What was not found, and why."""


class Merged(TypedDict):
    title: str
    url: str
    snippet: str
    score: float
    """Beside the others of this answer."""
    sources: list[str]
    """All that have found it."""


class MultiSearched(TypedDict):
    results: list[Merged]
    failed: dict[str, ErrorBody]
    """What sources failed with, by their name."""


class Health(TypedDict):
    up: bool
    latency_ms: int | None
    error: str | None


class Searches:
    def __init__(self, sources: Sequence[Source], cache: SearchCache, clock: Clock) -> None:
        """`sources`: in the order in which they are tried."""
        self._sources: Mapping[SourceName, Source] = {source.name: source for source in sources}
        self._cache = cache
        self._clock = clock
        self._healthy: tuple[float, dict[SourceName, Health]] | None = None

    def usual(self, caller: Caller) -> list[SourceName]:
        """Those that can be asked here, for the caller."""
        return [
            name
            for name, source in self._sources.items()
            if source.missing() is None and (may_outside(caller) if source.outside else readable(caller))
        ]

    async def search(self, query: Query, source: Literal["auto"] | SourceName) -> Searched:
        """With `auto` the first source of the web that answers. Raises Forbidden, ToolUnavailable, UpstreamFailed."""
        if source != "auto":
            found, cached = await self._find(query, source)
            return _searched(found, source, cached)
        require_outside(query.caller)
        failed: list[str] = []
        for name, one in self._sources.items():
            if one.missing() is not None or not one.outside:
                continue
            try:
                found, cached = await self._find(query, name)
            except (UpstreamFailed, UpstreamTimeout) as error:
                failed.append(f"{name}: {error.message}")
                continue
            said = " ".join([*failed, found.remark or ""]).strip() or None
            return _searched(Found(found.results, said), name, cached)
        if failed:
            raise UpstreamFailed(
                f"No source of the web answers. {' '.join(failed)}",
                "search_health shows them; source=local needs none.",
            )
        raise ToolUnavailable(
            "No source of the web is configured.",
            "triforce config set search.searxng_url ADDRESS, or ask source=local.",
        )

    async def multi(self, query: Query, sources: Sequence[SourceName] | None) -> MultiSearched:
        """In all of `sources`, or all that can be asked, merged. Raises as `rankings` does."""
        rankings, failed = await self.rankings(query, sources)
        return MultiSearched(results=merged(rankings)[: query.limit], failed=failed)

    async def rankings(
        self, query: Query, sources: Sequence[SourceName] | None
    ) -> tuple[list[Sequence[Result]], dict[str, ErrorBody]]:
        """What each of them finds, asked at once, and what others failed with.

        Raises ToolUnavailable, and where none has an answer what the first of them fails with.
        """
        names = list(dict.fromkeys(sources if sources is not None else self.usual(query.caller)))
        if not names:
            raise ToolUnavailable("No source can be asked here.", "search_health shows them.")
        told = await asyncio.gather(*(self._find(query, name) for name in names), return_exceptions=True)
        failed: dict[str, ErrorBody] = {}
        found: list[Sequence[Result]] = []
        for name, one in zip(names, told, strict=True):
            if isinstance(one, tuple):
                found.append(one[0].results)
            elif isinstance(one, TriforceError):
                failed[name] = one.body()
            else:
                raise one
        if not found:
            raise next(one for one in told if isinstance(one, TriforceError))
        return found, failed

    async def health(self) -> dict[SourceName, Health]:
        """How each source is; what is half a minute old is told again."""
        now = self._clock.ticks()
        if self._healthy is None or self._healthy[0] < now - _HEALTH_SECONDS:
            states = await asyncio.gather(*map(self._probe, self._sources.values()))
            self._healthy = (now, dict(zip(self._sources, states, strict=True)))
        return self._healthy[1]

    async def _find(self, query: Query, name: SourceName) -> tuple[Found, bool]:
        source = self._sources[name]
        if (lack := source.missing()) is not None:
            raise ToolUnavailable(lack.reason, lack.fix)
        if not source.outside:
            return await source.find(query), False
        require_outside(query.caller)
        question = (name, query.text, query.limit, query.lang)
        kept = self._cache.get(query.caller.account, question)
        if kept is not None:
            return kept, True
        found = await source.find(query)
        self._cache.put(query.caller.account, question, found)
        return found, False

    async def _probe(self, source: Source) -> Health:
        if (lack := source.missing()) is not None:
            return Health(up=False, latency_ms=None, error=lack.reason)
        began = self._clock.ticks()
        try:
            async with asyncio.timeout(_PROBE_SECONDS):
                await source.probe()
        except TriforceError as error:
            return Health(up=False, latency_ms=None, error=error.message)
        except TimeoutError:
            return Health(up=False, latency_ms=None, error=f"It did not answer within {_PROBE_SECONDS:g} s.")
        return Health(up=True, latency_ms=round((self._clock.ticks() - began) * 1_000), error=None)


def merged(rankings: Sequence[Sequence[Result]]) -> list[Merged]:
    """What several sources found, the best first: what more of them found, and found sooner."""
    by_place: dict[str, list[Result]] = {}
    for ranking in rankings:
        for one in ranking:
            by_place.setdefault(_place(one["url"]), []).append(one)
    order = mixed(*(dict.fromkeys((_place(one["url"]) for one in ranking), 0.0) for ranking in rankings))
    return [_merged(by_place[place], score) for place, score in order.items()]


def _merged(told: Sequence[Result], score: float) -> Merged:
    best = told[0]
    return Merged(
        title=best["title"],
        url=best["url"],
        snippet=max((one["snippet"] for one in told), key=len),
        score=round(score, 6),
        sources=list(dict.fromkeys(one["source"] for one in told)),
    )


def _place(url: str) -> str:
    """The same for the ways in which engines write one address."""
    return same(url).rstrip("/").replace("http://", "https://", 1).replace("https://www.", "https://", 1)


def _searched(found: Found, source: SourceName, cached: bool) -> Searched:
    return Searched(results=list(found.results), source=source, cached=cached, remark=found.remark)
