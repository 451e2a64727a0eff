"""Spans of time and moments as people write them: 500ms, 30s, 7d, 2026-03-01."""

from datetime import UTC, datetime, timedelta

import typer

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}


def seconds(text: str) -> float:
    """`text` as seconds; a bare number is seconds already. Raises BadParameter for what is no span of time."""
    value = _seconds(text)
    if value is None:
        raise typer.BadParameter(f"{text!r} is no span of time like 500ms, 30s, 2m, 12h or 7d")
    return value


def moment(text: str) -> str:
    """The moment that `text` means, in RFC 3339: a span before now, or a date. Raises BadParameter."""
    back = _seconds(text)
    try:
        if back is not None:
            return _rfc3339(datetime.now(UTC) - timedelta(seconds=back))
        # A date without a zone is meant as the clock on the wall shows it.
        return _rfc3339(datetime.fromisoformat(text).astimezone(UTC))
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no moment like 7d, 12h, 2026-03-01 or 2026-03-01T12:00:00Z") from None


def deadline(text: str) -> str:
    """The moment that `text` means, in RFC 3339: a span from now on, or a date. Raises BadParameter."""
    ahead = _seconds(text)
    try:
        if ahead is not None:
            return _rfc3339(datetime.now(UTC) + timedelta(seconds=ahead))
        return _rfc3339(datetime.fromisoformat(text).astimezone(UTC))
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no moment to come like 12h, 30d or 2030-03-01") from None


def _seconds(text: str) -> float | None:
    number = text.strip().rstrip("msdhw")
    unit = text.strip()[len(number) :] or "s"
    try:
        value = float(number) * _SECONDS[unit]
    except (ValueError, KeyError):
        return None
    return value if 0 < value < float("inf") else None


def _rfc3339(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
