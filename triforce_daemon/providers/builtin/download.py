"""A file over HTTP that goes on where an earlier attempt broke off, even in an earlier life of the daemon."""

import asyncio
import os
import re
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from triforce_daemon.errors import UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound.client import Outbound, Reply, Timeouts
from triforce_daemon.runtime.threads import in_thread

#: What has come, and what will have come in the end, where the server says so.
Advance = Callable[[int, int | None], None]

_TIMEOUTS = Timeouts(connect=15, first_byte=30, idle=30, total=None)
_BUFFER = 1 << 20
#: Attempts in a row that bring nothing new, and attempts at all.
_FRUITLESS = 3
_ATTEMPTS = 30
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class LoginWanted(UpstreamFailed):
    """The server answers only those whom it knows."""


class Download:
    """Brings the file at `url` to `path`; a part of it that is there already is not fetched again."""

    def __init__(self, outbound: Outbound, url: str, path: str, advance: Advance, *, pause: float = 1) -> None:
        """`pause`: seconds before another attempt."""
        self._outbound = outbound
        self._url = url
        self._path = path
        self._advance = advance
        self._pause = pause
        #: Whether some of the bytes were there before.
        self.resumed = False

    async def run(self, size: int | None) -> None:
        """Return when all of it is there; `size` where it is known. Raises UpstreamFailed, UpstreamTimeout, OSError."""
        fruitless = 0
        for _ in range(_ATTEMPTS):
            before = self._have()
            if size is not None and before == size:
                return
            try:
                return await self._attempt(before)
            except LoginWanted:
                raise
            except (UpstreamFailed, UpstreamTimeout):
                fruitless = fruitless + 1 if self._have() <= before else 0
                if fruitless == _FRUITLESS:
                    raise
            await asyncio.sleep(self._pause)
        raise UpstreamFailed(f"The download broke off {_ATTEMPTS} times.", "Try again later; it goes on where it was.")

    async def _attempt(self, have: int) -> None:
        headers = {"Range": f"bytes={have}-"} if have else {}
        reply = await self._outbound.follow("GET", self._url, headers=headers, timeouts=_TIMEOUTS)
        with reply:
            if reply.status == 416 and reply.headers.get("Content-Range") == f"bytes */{have}":
                return
            start, total = self._agreed(reply, have)
            self.resumed = self.resumed or start > 0
            with open(self._path, "ab" if start else "wb", buffering=0) as file:
                await self._store(reply, file, start, total)

    def _agreed(self, reply: Reply, have: int) -> tuple[int, int | None]:
        """Where the bytes of this answer begin, and how many there are in all."""
        if reply.status == 200:
            length = reply.headers.get("Content-Length", "")
            return 0, int(length) if length.isdigit() else None
        match = _RANGE.fullmatch(reply.headers.get("Content-Range", ""))
        if reply.status == 206 and match is not None and int(match[1]) == have:
            return have, int(match[2]) if match[2].isdigit() else None
        if reply.status in (401, 403, 407):
            raise LoginWanted(f"The server of the file wants a login ({reply.status}).")
        if reply.status in (206, 416):
            # What is here is no part of what is there.
            with suppress(FileNotFoundError):
                os.remove(self._path)
        raise UpstreamFailed(f"The server of the file answered with status {reply.status}.", "Try again later.")

    async def _store(self, reply: Reply, file: BinaryIO, have: int, total: int | None) -> None:
        waiting = bytearray()
        self._advance(have, total)
        try:
            async for chunk in reply.chunks():
                waiting += chunk
                if len(waiting) >= _BUFFER:
                    full, waiting = waiting, bytearray()
                    # A full disk cache makes a write wait, and everyone else with it.
                    have += await in_thread(_write, file, full)
                    self._advance(have, total)
        finally:
            have += _write(file, waiting)
        self._advance(have, total)
        if total is not None and have < total:
            raise UpstreamFailed("The server of the file broke off.", "Try again; it goes on where it was.")

    def _have(self) -> int:
        try:
            return os.path.getsize(self._path)
        except FileNotFoundError:
            return 0


def _write(file: BinaryIO, data: bytearray) -> int:
    """Unlike `file.write`, all of it: without a buffer, what no longer fits is left out without a word."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
    return len(data)
