"""Names for requests and sessions."""

import os
import secrets

#: Bytes of chance in an id, and ids for which it is fetched at once.
_CHANCE = 10
_SUPPLY = 400

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class RequestIds:
    """UUIDs of version 7 (RFC 9562): they sort by time, and cannot be guessed.

    Chance is fetched for many at a time, for asking the kernel is a twentieth of what a request costs.
    """

    def __init__(self) -> None:
        self._chance = b""
        self._place = 0

    def next(self, now_ms: int) -> str:
        place = self._place
        if place == len(self._chance):
            self._chance = os.urandom(_CHANCE * _SUPPLY)
            place = 0
        self._place = place + _CHANCE
        value = (now_ms & (1 << 48) - 1) << 80 | int.from_bytes(self._chance[place : place + _CHANCE], "big")
        value = value & ~(0xF << 76) | 0x7 << 76
        value = value & ~(0x3 << 62) | 0x2 << 62
        text = f"{value:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def session_id() -> str:
    """Twelve characters that nobody mistakes for one another; a few of them name the session to a person."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))
