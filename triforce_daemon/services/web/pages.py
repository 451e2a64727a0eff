"""Pages as text: fetched, read, and made plain."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.children.page_reader import PageReader
from triforce_daemon.children.page_words import Question
from triforce_daemon.errors import PageUnreadable
from triforce_daemon.runtime.plain_text import one_line, plain
from triforce_daemon.services.web.fetch import Fetched, Fetcher

LONGEST_TITLE = 300
_ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.9, text/markdown;q=0.9"
_HTML = ("text/html", "application/xhtml+xml")
_ROBOTS = "x-robots-tag"


@dataclass(frozen=True, slots=True)
class Page:
    url: str
    """Where it was found in the end."""
    status: int
    title: str
    text: str
    links: tuple[str, ...]
    truncated: bool
    """There was more of it than is read."""
    index: bool
    """Whether the page agrees to being shown elsewhere, and to its links being followed."""
    follow: bool


class Pages:
    def __init__(self, fetcher: Fetcher, reader: PageReader) -> None:
        self._fetcher = fetcher
        self._reader = reader

    async def read(
        self, url: str, before: Callable[[str], Awaitable[None]], most: int, pause: float | None = None
    ) -> Page:
        """The page at `url`, with `most` characters of its text.

        `before` and `pause`: see `Fetcher.fetch`. Raises PageUnreadable, InvalidRequest, AddressRefused,
        UpstreamFailed, UpstreamTimeout, and what `before` raises.
        """
        found = await self._fetcher.fetch(url, accept=_ACCEPT, before=before, pause=pause)
        if not 200 <= found.status < 300:
            raise PageUnreadable(f"There is no page: the server answered with {found.status}.", None)
        read = await self._reader.read(found.body, Question(url=found.url, charset=found.charset, form=_form(found)))
        robots = f"{read['robots']},{found.headers.get(_ROBOTS, '').lower()}"
        nothing = "none" in robots
        return Page(
            url=found.url,
            status=found.status,
            title=one_line(read["title"], LONGEST_TITLE),
            text=plain(read["text"], most),
            links=tuple(read["links"]),
            truncated=found.truncated or len(read["text"]) > most,
            index=not (nothing or "noindex" in robots),
            follow=not (nothing or "nofollow" in robots),
        )


def _form(found: Fetched) -> Literal["html", "text"]:
    """How it is read. Raises PageUnreadable for what is no text."""
    kind = found.type
    if kind in _HTML or (not kind and found.body.lstrip()[:1] == b"<"):
        return "html"
    if kind.startswith("text/") or kind in ("application/json", "application/xml") or not kind:
        return "text"
    raise PageUnreadable(f"There is no page of text, but {one_line(kind, 100)}.", None)
