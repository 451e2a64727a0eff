"""Days and months of UTC, as what is counted within them begins and ends."""

from datetime import UTC, datetime
from functools import lru_cache

from triforce_daemon.stores.counters.counters import Period

DAY_MS = 86_400_000


def begin(period: Period, now_ms: int) -> int:
    """The first moment of the period, in ms; of what never ends the first moment there was."""
    if period == "total":
        return 0
    if period == "day":
        return now_ms - now_ms % DAY_MS
    now = datetime.fromtimestamp(now_ms / 1_000, UTC)
    return int(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1_000)


def end(period: Period, now_ms: int) -> int | None:
    """The first moment of the next one; None: there is none."""
    if period == "total":
        return None
    first = begin(period, now_ms)
    return first + DAY_MS if period == "day" else begin("month", first + 32 * DAY_MS)


def number(period: Period, now_ms: int) -> int:
    """Which day or month it is: a later one has a higher number."""
    day = now_ms // DAY_MS
    return 0 if period == "total" else day if period == "day" else _month(day)


@lru_cache(maxsize=16)
def _month(day: int) -> int:
    date = datetime.fromtimestamp(day * DAY_MS / 1_000, UTC)
    return date.year * 12 + date.month
