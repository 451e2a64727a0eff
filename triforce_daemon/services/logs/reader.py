"""Reads the log for whoever asks: admins all of it, everybody else what was written of his own requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime.clock import parse_rfc3339
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.services.logs.entries import entry_of, line_of, newest_first
from triforce_daemon.services.logs.own_requests import OwnRequests, sees_all
from triforce_daemon.services.logs.source import LogFiles, LogSource
from triforce_daemon.services.request_book import Asked, RequestBook
from triforce_daemon.wire.log_lines import Line, Wanted, fitting
from triforce_daemon.wire.logs import LogEntry, LogList

#: Lines of anybody among which somebody's own are looked for.
_CANDIDATES = 20_000


@dataclass(frozen=True, slots=True)
class Found:
    entries: Sequence[LogEntry]
    """The newest first."""
    truncated: bool
    """Whether there are older ones."""


class LogReader:
    def __init__(self, source: LogSource, book: RequestBook, own: OwnRequests, redactor: Redactor) -> None:
        self._source = source
        self._book = book
        self._own = own
        self._redactor = redactor

    async def page(self, caller: Caller, wanted: Wanted, limit: int) -> LogList:
        """The newest entries as the route tells them. Raises StorageFailed."""
        found = await self.find(caller, wanted, limit)
        file = self._source.path if isinstance(self._source, LogFiles) else None
        return LogList(schema="triforce.logs.list/1", file=file, items=list(found.entries), next=None)

    async def find(self, caller: Caller, wanted: Wanted, limit: int) -> Found:
        """The newest entries that are wanted. Raises StorageFailed."""
        lines, more = await self._lines(caller, wanted, limit + 1)
        requests = await self.requests(caller, wanted.since)
        both = await in_thread(_together, lines, requests, wanted)
        return Found([entry_of(line) for line in both[:limit]], more or len(both) > limit)

    async def requests(self, caller: Caller, since: str | None = None) -> list[Asked]:
        """Those that the caller may know of, with secrets masked; `since` is a moment (RFC 3339)."""
        begin = parse_rfc3339(since) if since is not None else 0
        own = [asked for asked in self._book.newest(begin) if sees_all(caller) or asked.account == caller.account]
        return await in_thread(lambda: [self._masked(asked) for asked in own])

    def _masked(self, asked: Asked) -> Asked:
        """A path is whatever somebody sends."""
        harmless = not self._redactor.suspects(asked.path)
        return asked if harmless else asked._replace(path=self._redactor.clean(asked.path))

    async def _lines(self, caller: Caller, wanted: Wanted, most: int) -> tuple[list[Line], bool]:
        if sees_all(caller):
            return await in_thread(self._some, wanted, most), False
        some = await in_thread(self._some, wanted, _CANDIDATES)
        mine = [line for line in some if "request_id" in line and line.get("client") in (None, caller.name)]
        own = await self._own.among(caller, {str(line["request_id"]) for line in mine})
        return [line for line in mine if line["request_id"] in own], len(some) == _CANDIDATES

    def _some(self, wanted: Wanted, most: int) -> list[Line]:
        return list(islice(fitting(self._source.newest(), wanted), most))


def _together(lines: Sequence[Line], requests: Sequence[Asked], wanted: Wanted) -> list[Line]:
    """The lines, and the requests that are wanted."""
    asked = map(line_of, requests)
    return newest_first(lines, [line for line in asked if wanted.fits(line, line["msg"])])
