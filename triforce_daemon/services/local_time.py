"""The time somewhere, by the system's time zone data."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from triforce_daemon.errors import InvalidArguments
from triforce_daemon.runtime.near import near

#: `strftime` would name them in the daemon's own language.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def at(seconds: float, timezone: str) -> datetime:
    """The moment (seconds since 1970) as a clock of that zone shows it. Raises InvalidArguments."""
    try:
        zone = UTC if timezone.upper() in ("UTC", "Z") else ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        alike = near(timezone, sorted(available_timezones()))
        hint = f"Did you mean {', '.join(alike)}?" if alike else "Names are like Europe/Berlin."
        raise InvalidArguments(f"There is no time zone {timezone!r}.", hint) from None
    return datetime.fromtimestamp(seconds, zone)
