"""Moments, as people and programs write them."""

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.runtime.clock import parse_rfc3339


def moment_of(text: str) -> int:
    """A moment in ms. Raises InvalidRequest for what is no date."""
    try:
        return parse_rfc3339(text)
    except (ValueError, OverflowError):
        raise InvalidRequest(f"`{text}` is no date.", "Write it as 2026-11-23T15:00:00Z.") from None


def moment_to_come(text: str, now_ms: int) -> int:
    """When something ends, in ms. Raises InvalidRequest for what is no date, and for what is past."""
    moment = moment_of(text)
    if moment <= now_ms:
        raise InvalidRequest(f"{text} is past.", "It ends later than now, or never.")
    return moment
