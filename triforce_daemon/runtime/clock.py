"""Time, as a value that is passed: the world's in the daemon, a simulated one in tests."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

DAY_MS = 86_400_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)


class Clock:
    """`now_ms` tells the date, `ticks` measures durations (it never jumps), `sleep` lets time pass."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        return time.time_ns() // 1_000_000

    #: Seconds since some moment in the past.
    ticks = staticmethod(time.monotonic)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def rfc3339(milliseconds: int | float) -> str:
    """`2026-11-23T15:44:30.123Z`."""
    seconds, rest = divmod(int(milliseconds), 1_000)
    return f"{_second(seconds)}.{rest:03}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    """What most moments that are written have in common with the one before."""
    return (_EPOCH + seconds * _SECOND).isoformat().removesuffix("+00:00")


def when(milliseconds: int | None) -> str | None:
    """The same of a moment that may not have been."""
    return None if milliseconds is None else rfc3339(milliseconds)


def parse_rfc3339(text: str) -> int:
    """Milliseconds since 1970. Raises ValueError for what is no date; one without a zone is taken for UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        # Its zone can take a moment out of the years that there are: it could be kept then, but not written any more.
        return (moment.astimezone(UTC) - _EPOCH) // _MILLISECOND
    except OverflowError:
        raise ValueError("this moment lies before the year 1 or after 9999") from None


def start_of_day_ms(milliseconds: int) -> int:
    """The first millisecond of that UTC day."""
    return milliseconds - milliseconds % DAY_MS
