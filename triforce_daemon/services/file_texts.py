"""Files as programs without a disk see them: bytes as text, and folders as lists."""

from base64 import b64encode
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.files import Files, Place
from triforce_daemon.workspaces.relative import text_of
from triforce_daemon.workspaces.room import Kind

Encoding = Literal["utf-8", "utf-16", "latin-1", "cp1252", "ascii", "base64"]

#: Deeper is nobody's project, and more is nobody's list.
_DEPTH, _MOST = 64, 200_000


@dataclass(frozen=True, slots=True)
class Item:
    name: str
    kind: Kind
    size: int
    mtime: str


@dataclass(frozen=True, slots=True)
class Listing:
    items: list[Item]
    truncated: bool


def text_or_base64(data: bytes, encoding: Encoding) -> tuple[str | None, str | None]:
    """The text, or where the bytes are none in that encoding, they themselves in base64."""
    if encoding != "base64":
        try:
            return data.decode(encoding), None
        except UnicodeDecodeError as error:
            # The last character of a piece may be cut; then only that is missing.
            if encoding == "utf-8" and error.reason == "unexpected end of data" and error.start > 0:
                return data[: error.start].decode(), None
    return None, b64encode(data).decode()


def encoded(text: str) -> bytes:
    """The text as UTF-8. Raises InvalidRequest for half a character."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidRequest("The text holds half a character.", "Send valid Unicode.") from None


async def listed(
    files: Files, place: Place, *, recursive: bool, glob: str | None, limit: int, depth: int = _DEPTH
) -> Listing:
    """What is in a folder, as far as its name, or its path from there, fits. Raises as `Files.entries` does."""
    entries = await files.entries(place, depth if recursive else 1, _MOST if glob else limit + 1)
    above = min((len(entry.parts) for entry in entries), default=1) - 1
    items = [Item(text_of(entry.parts[above:]), entry.kind, entry.size, rfc3339(entry.mtime_ms)) for entry in entries]
    fitting = [item for item in items if glob is None or fits(item.name, glob)]
    return Listing(fitting[:limit], len(fitting) > limit or len(entries) == _MOST)


def fits(path: str, glob: str) -> bool:
    """Whether a path, or the name at its end, is like `*.py`."""
    return fnmatchcase(path, glob) or fnmatchcase(path.rpartition("/")[2], glob)
