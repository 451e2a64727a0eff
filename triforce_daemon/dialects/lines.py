"""Lines out of bytes, however the network splits them; what both kinds of stream are made of."""

from triforce_daemon.errors import UpstreamFailed

#: No provider sends a line of this size; who does is broken or hostile.
LINE_LIMIT = 8 << 20


class Lines:
    """Cuts bytes into whole lines, without their ends (LF or CRLF)."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that are whole now. Raises UpstreamFailed for one that does not end."""
        cut = chunk.rfind(b"\n")
        if cut < 0:
            self._wait(chunk)
            return []
        whole = chunk[:cut]
        if self._waiting:
            whole = b"".join(self._waiting) + whole
            self._waiting.clear()
            self._size = 0
        if cut + 1 < len(chunk):
            self._wait(chunk[cut + 1 :])
        if b"\r" in whole:
            return [line.removesuffix(b"\r") for line in whole.split(b"\n")]
        return whole.split(b"\n")

    def end(self) -> list[bytes]:
        """The last line, where it had no end."""
        rest = b"".join(self._waiting)
        self._waiting.clear()
        self._size = 0
        return [rest] if rest else []

    def _wait(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > LINE_LIMIT:
            raise UpstreamFailed("The provider sent a line that does not end.", "Try again, or try another model.")
        self._waiting.append(chunk)
