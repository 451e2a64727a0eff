"""How long a provider asks to be left alone: RFC 9110, 10.2.3, and the header that some send for parts of a second."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

#: Who names a longer time is taken to mean this one: nobody waits for a day.
LONGEST_MS = 86_400_000


def retry_after_ms(headers: Mapping[str, str], now: float) -> int | None:
    """Milliseconds from `now` (seconds since 1970); None where nothing is said, or nothing that can be understood."""
    exact = _number(headers.get("retry-after-ms"))
    if exact is not None:
        return _within(exact)
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is not None:
        return _within(seconds * 1_000)
    return None if text is None else _until(text, now)


def _until(date: str, now: float) -> int | None:
    try:
        return _within((parsedate_to_datetime(date).timestamp() - now) * 1_000)
    except (ValueError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _within(milliseconds: float) -> int:
    return round(min(max(milliseconds, 0), LONGEST_MS))
