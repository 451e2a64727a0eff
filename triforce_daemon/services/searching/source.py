"""What a place that can be searched has to do, and what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime.plain_text import one_line
from triforce_daemon.toolbox.requirement import Missing

SourceName = Literal["searxng", "wikipedia", "local"]

_TITLE, _SNIPPET, _URL = 300, 600, 2_000


class Result(TypedDict):
    title: str
    url: str
    snippet: str
    source: str
    """Who says so, as far as it is known: `searxng (duckduckgo)`."""


@dataclass(frozen=True, slots=True)
class Query:
    caller: Caller
    text: str
    limit: int
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    results: Sequence[Result]
    remark: str | None = None
    """What was not found, and why."""


class Source(Protocol):
    name: SourceName
    outside: bool
    """Whether what is asked leaves this machine."""

    def missing(self) -> Missing | None:
        """Why it cannot be asked here; None: it can."""
        ...

    async def find(self, query: Query) -> Found:
        """The best first. Raises Forbidden, InvalidRequest, UpstreamFailed, UpstreamTimeout."""
        ...

    async def probe(self) -> None:
        """Whether it answers. Raises as `find` does."""
        ...


def result(title: str, url: str, snippet: str, source: str) -> Result:
    """Strangers' words made plain; whatever they say of themselves, they are text."""
    return Result(
        title=one_line(title, _TITLE) or url[:_TITLE],
        url=one_line(url, _URL),
        snippet=one_line(snippet, _SNIPPET),
        source=one_line(source, 100),
    )
