"""Ids of tool calls for providers that take no others than their own kind."""

import hashlib
import re

_NINE = re.compile(r"[a-zA-Z0-9]{9}")
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def nine(id: str) -> str:
    """The id itself where it is nine letters and digits; else nine that are always the same for it."""
    if _NINE.fullmatch(id):
        return id
    number = int.from_bytes(hashlib.sha256(id.encode(errors="surrogatepass")).digest())
    letters: list[str] = []
    for _ in range(9):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
