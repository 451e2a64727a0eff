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
        whole = self.whole(chunk)
        if not whole:
            return []
        lines = whole[:-1].split(b"\n")
        return [line.removesuffix(b"\r") for line in lines] if b"\r" in whole else lines

    def whole(self, chunk: bytes) -> bytes:
        """The same, as one piece of bytes just as they came."""
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            self._wait(chunk)
            return b""
        whole = chunk if cut == len(chunk) else chunk[:cut]
        if self._waiting:
            whole = b"".join((*self._waiting, whole))
            self._waiting.clear()
            self._size = 0
        if cut < len(chunk):
            self._wait(chunk[cut:])
        return whole

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
