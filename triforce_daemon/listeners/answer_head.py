"""The head of an answer, put together from lines that are written once."""

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from itertools import starmap

#: Lines that are remembered: most of each answer's are those of the one before.
_LINES = 512
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSENDABLE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


def write_head(status: int, headers: Iterable[tuple[bytes, bytes]], framing: Iterable[bytes]) -> bytes:
    """`framing`: whole lines that follow the headers. Names are in small letters, as ASGI has them.

    Raises RuntimeError for what no header may hold.
    """
    return b"".join((_status_line(status), *starmap(_line, headers), *framing, b"\r\n"))


@lru_cache(_LINES)
def _line(name: bytes, value: bytes) -> bytes:
    if not _NAME.fullmatch(name) or _UNSENDABLE.search(value):
        raise RuntimeError("An answer has a header that cannot be sent.")
    return b"%b: %b\r\n" % (name, value)


@lru_cache
def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return b"HTTP/1.1 %d %b\r\n" % (status, phrase.encode())
