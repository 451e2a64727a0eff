"""Names for requests and sessions."""

import os
import secrets

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def request_id(now_ms: int) -> str:
    """A UUIDv7 (RFC 9562): sorts by time, and cannot be guessed."""
    value = (now_ms & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def session_id() -> str:
    """Twelve characters that nobody mistakes for one another; a few of them name the session to a person."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))
