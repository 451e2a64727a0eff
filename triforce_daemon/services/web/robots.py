"""What sites ask of programs that read them, in their robots.txt (RFC 9309)."""

from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from triforce_daemon.errors import AddressRefused, RobotsRefused, TriforceError, UpstreamFailed, UpstreamTimeout
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.web.fetch import Fetcher

#: By this name a robots.txt speaks of us.
NAME = "triforce"
#: As much as the RFC wants read at least.
_BYTES = 512 << 10
_KEPT_SECONDS = 3_600.0
#: A site that fails is asked again sooner.
_FAILED_SECONDS = 300.0
_KEPT = 256
#: A site that wants longer pauses than this is read with these.
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Rules:
    """`parsed` is None where the site says nothing; `failure`: nor will it be asked anything else, then."""

    parsed: Protego | None
    until: float
    failure: TriforceError | None = None

    def allow(self, url: str) -> bool:
        return self.failure is None and (self.parsed is None or self.parsed.can_fetch(url, NAME))

    @property
    def pause(self) -> float:
        """How long the site wants to be left alone between two pages."""
        wanted = self.parsed.crawl_delay(NAME) if self.parsed is not None else None
        return min(wanted or 0.0, _LONGEST_PAUSE)


class Robots:
    def __init__(self, fetcher: Fetcher, clock: Clock) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._kept: OrderedDict[str, Rules] = OrderedDict()

    async def rules(self, url: str) -> Rules:
        """Those of the site of `url`. Raises AddressRefused, InvalidRequest."""
        site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        known = self._kept.get(site)
        if known is None or known.until < self._clock.ticks():
            known = await self._read(site)
            self._kept[site] = known
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(site)
        return known

    async def require(self, url: str) -> None:
        """Raises RobotsRefused where the site does not want this page read, and what the site itself fails with."""
        rules = await self.rules(url)
        if rules.failure is not None:
            raise rules.failure.apart()
        if not rules.allow(url):
            raise RobotsRefused(
                f"The robots.txt of {urlsplit(url).netloc} says no to it.",
                "Ask whoever runs the site, or read another page.",
            )

    async def pause(self, url: str) -> float:
        """How long the site of `url` is left alone after a page. Raises as `rules` does."""
        return max((await self.rules(url)).pause, self._fetcher.pause)

    async def _read(self, site: str) -> Rules:
        now = self._clock.ticks()
        try:
            found = await self._fetcher.fetch(f"{site}/robots.txt", accept="text/plain", most=_BYTES, pause=0)
        except AddressRefused:
            raise
        except (UpstreamFailed, UpstreamTimeout) as error:
            return Rules(None, now + _FAILED_SECONDS, error)
        if found.status >= 500 or found.status == 429:
            failure = UpstreamFailed(
                f"The site does not say what may be read: its robots.txt is answered with {found.status}.",
                "Ask again in some minutes.",
            )
            return Rules(None, now + _FAILED_SECONDS, failure)
        if found.status >= 300:
            return Rules(None, now + _KEPT_SECONDS)
        # Of a long one half a second, in which nobody else shall wait.
        parsed = await in_thread(Protego.parse, found.body.decode("utf-8", "replace"))
        return Rules(parsed, now + _KEPT_SECONDS)
