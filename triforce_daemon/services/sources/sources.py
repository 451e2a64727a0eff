"""Where pictures and documents come from: a workspace, the web, a data URL; whole, and no larger than wanted."""

import asyncio
import binascii
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import urlsplit

from triforce_daemon.dialects import data_url
from triforce_daemon.errors import InvalidRequest, PayloadTooLarge, UpstreamFailed
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.web.fetch import Fetcher
from triforce_daemon.services.web.outside import require_outside

_KINDS = "Name a file in a workspace, an https URL, or send a data URL (base64)."


@dataclass(frozen=True, slots=True)
class Source:
    """`name` and `media_type` are what others say of it, and no proof."""

    data: bytes
    name: str
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    files: Files
    fetcher: Fetcher

    async def get(self, place: Place, most: int) -> Source:
        """What `place.path` names: a path or a URL; at most so many bytes.

        Raises PathRefused, FileMissing, PayloadTooLarge, InvalidRequest for a URL of another kind, Forbidden for one
        where nothing of the caller's may leave the machine, and what `Fetcher.fetch` raises.
        """
        scheme = place.path[:8].lower()
        if scheme.startswith("data:"):
            return await asyncio.to_thread(_inline, place.path, most)
        if scheme.startswith(("https://", "http://")):
            require_outside(place.caller)
            return await self._fetched(place.path, most)
        if "://" in place.path[:16]:
            raise InvalidRequest("A URL of this kind is not read.", _KINDS)
        piece = await self.files.read(place, 0, most)
        if piece.size > most:
            raise _too_large(piece.size, most)
        return Source(piece.data, place.path.rpartition("/")[2])

    async def _fetched(self, url: str, most: int) -> Source:
        found = await self.fetcher.fetch(url, most=most)
        if found.status != 200:
            raise UpstreamFailed(f"{urlsplit(found.url).hostname} answered {found.status}.", "Check the URL.")
        if found.truncated:
            raise PayloadTooLarge(f"That are more than {most:,} bytes.", "No more are read.")
        kind = f"{found.type}; charset={found.charset}" if found.charset else found.type
        return Source(found.body, urlsplit(found.url).path.rpartition("/")[2], kind or None)


def _inline(url: str, most: int) -> Source:
    # Base64 has four letters for three bytes.
    if len(url) > most // 3 * 4 + 1_000:
        raise _too_large(len(url) // 4 * 3, most)
    found = data_url.read(url)
    try:
        if found is None:
            raise ValueError("it is none")
        return Source(b64decode(found.base64, validate=True), "", found.media_type)
    except (binascii.Error, ValueError):
        raise InvalidRequest("The data URL holds no base64.", "data:image/png;base64,…") from None


def _too_large(size: int, most: int) -> PayloadTooLarge:
    return PayloadTooLarge(f"That are {size:,} bytes.", f"{most:,} are the most that are read.")
