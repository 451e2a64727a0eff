"""Unpacks bodies that came packed, though nobody had asked for it, and never more than makes sense."""

import zlib
from collections.abc import Generator

from triforce_daemon.outbound.faults import Lost

#: What is unpacked at a time.
PIECE = 64 << 10
#: Text packs to a tenth, a bomb to a thousandth of itself.
RATIO_LIMIT = 100
#: A small body may well be all the same.
RATIO_FROM = 1 << 20
#: zlib's word for: gzip or zlib, whichever the first bytes say.
_EITHER = zlib.MAX_WBITS | 32

_PACKINGS = frozenset({"gzip", "x-gzip", "deflate"})


def decoder_for(encoding: str) -> "Decoder | None":
    """What unpacks this `Content-Encoding`; None: nothing has to. Raises Lost for one that nobody can read."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return None
    if name not in _PACKINGS:
        raise Lost("packed its answer in a way that nobody had asked for")
    return Decoder()


class Decoder:
    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(_EITHER)
        self._packed = 0
        self._unpacked = 0

    def feed(self, data: bytes) -> Generator[bytes]:
        """What `data` unpacks to, in small pieces. Raises Lost for what is damaged, or a bomb."""
        self._packed += len(data)
        while data:
            if self._inflater.eof:
                # Another archive behind the first, as gzip permits.
                self._inflater = zlib.decompressobj(_EITHER)
            piece = self._inflate(data)
            self._unpacked += len(piece)
            if self._unpacked > max(RATIO_FROM, RATIO_LIMIT * self._packed):
                raise Lost(f"sent an answer that unpacks to more than {RATIO_LIMIT} times its size")
            data = self._inflater.unconsumed_tail or self._inflater.unused_data
            if piece:
                yield piece

    def end(self) -> None:
        """The body has ended. Raises Lost where that is too early."""
        if self._packed and not self._inflater.eof:
            raise Lost("broke off in the middle of a packed answer")

    def _inflate(self, data: bytes) -> bytes:
        try:
            return self._inflater.decompress(data, PIECE)
        except zlib.error:
            raise Lost("sent an answer that cannot be unpacked") from None
