"""The log counted: how much of what, how fast requests were answered, and which errors come again and again."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.services.request_book import Asked, RequestBook
from triforce_daemon.wire.log_lines import Wanted
from triforce_daemon.wire.logs import LogEntry, LogStats, RepeatedError

#: So many entries are counted at most.
MOST = 50_000
_MINUTE_MS = 60_000
#: From this status on it was the daemon, or whom it has asked, that failed.
_FAILED = 500
#: Requests that are named with an error which comes again and again.
_NAMED = 3


class LogCounts:
    def __init__(self, reader: LogReader, book: RequestBook, clock: Clock) -> None:
        self._reader = reader
        self._book = book
        self._clock = clock

    async def of_window(self, caller: Caller, minutes: int) -> LogStats:
        """What was written and asked within the last minutes, as far as the caller may know. Raises StorageFailed."""
        now = self._clock.now_ms()
        since = now - minutes * _MINUTE_MS
        begin = max(since, self._book.begins_ms)
        found = await self._reader.find(caller, Wanted(since=rfc3339(since)), MOST)
        asked = await self._reader.requests(caller, rfc3339(begin))
        p50, p95, p99 = percentiles([one.ms for one in asked if one.status is not None], (50, 95, 99))
        failed = sum(one.status is not None and one.status >= _FAILED for one in asked)
        return LogStats(
            since=rfc3339(since),
            requests_since=rfc3339(begin),
            entries=len(found.entries),
            requests=len(asked),
            by_category=dict(Counter(one["category"] for one in found.entries)),
            by_level=dict(Counter(one["level"] for one in found.entries)),
            per_minute=round(len(asked) * _MINUTE_MS / max(now - begin, 1), 3),
            error_rate=round(failed / len(asked), 4) if asked else None,
            p50=p50,
            p95=p95,
            p99=p99,
            truncated=found.truncated,
        )

    async def errors(self, caller: Caller, since: str | None, limit: int) -> list[RepeatedError]:
        """What went wrong, the same together; the newest first. Raises StorageFailed."""
        found = await self._reader.find(caller, Wanted(category="error", since=since), MOST)
        return grouped(found.entries)[:limit]

    async def requests(self, caller: Caller, path: str | None, min_status: int | None, limit: int) -> list[Asked]:
        """The newest first; of a path by how it begins, and from a status on."""
        fitting = (
            one
            for one in sorted(await self._reader.requests(caller), key=lambda one: one.ts, reverse=True)
            if (path is None or one.path.startswith(path)) and (min_status is None or (one.status or 0) >= min_status)
        )
        return [one for _, one in zip(range(limit), fitting, strict=False)]


def percentiles(values: Iterable[float], wanted: Sequence[int]) -> list[float | None]:
    """Values that were really measured, by nearest rank; None where there is none."""
    ranked = sorted(values)
    if not ranked:
        return [None for _ in wanted]
    return [round(ranked[max(math.ceil(one / 100 * len(ranked)) - 1, 0)], 1) for one in wanted]


def grouped(entries: Iterable[LogEntry]) -> list[RepeatedError]:
    """Entries that say the same, as one with their number; in the order of the newest of each, as they come."""
    groups: dict[tuple[str, str], RepeatedError] = {}
    for one in entries:
        unit, msg, request = one["unit"], one["msg"], one["request_id"]
        new = RepeatedError(unit=unit, msg=msg, level=one["level"], count=0, first=None, last=one["ts"], requests=[])
        group = groups.setdefault((unit, msg), new)
        group["count"] += 1
        group["first"] = one["ts"]
        if request is not None and request not in group["requests"] and len(group["requests"]) < _NAMED:
            group["requests"].append(request)
    return list(groups.values())
