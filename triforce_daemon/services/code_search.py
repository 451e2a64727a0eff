"""Lines of files in workspaces, found by a text or by a regular expression, within a time that holds for both."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from triforce_daemon.errors import FileMissing, PathRefused, PayloadTooLarge
from triforce_daemon.services.code_files import SKIPPED
from triforce_daemon.services.file_texts import fits
from triforce_daemon.services.files import Files, Place
from triforce_daemon.services.line_finders import Finder, finder
from triforce_daemon.workspaces.relative import Parts, text_of
from triforce_daemon.workspaces.room import Room

Ended = Literal["all", "results", "time", "files"]

_SECONDS, _DEPTH, _FILES, _LARGE = 10.0, 32, 20_000, 1 << 20
#: So much is searched before the clock is looked at again; of a longer line only that much.
_PIECE = 16 << 10
_SHOWN, _BINARY_WITHIN = 500, 8 << 10


@dataclass(frozen=True, slots=True)
class Wanted:
    query: str
    regex: bool = False
    glob: str | None = None
    around: int = 2
    """Lines before and after each."""
    most: int = 50
    seconds: float = _SECONDS


@dataclass(frozen=True, slots=True)
class Match:
    path: str
    line: int
    text: str
    before: list[str]
    after: list[str]


@dataclass(slots=True)
class Found:
    matches: list[Match]
    searched: int = 0
    """Files."""
    left_out: int = 0
    """Files that are large, no text, or may not be read."""
    ended: Ended = "all"
    """Whether that is all, or what has ended it before."""


class CodeSearch:
    def __init__(self, files: Files) -> None:
        self._files = files

    async def search(self, place: Place, wanted: Wanted) -> Found:
        """In a file, or in all below a folder; what programs have put there is left out.

        Paths are as `place` has them: absolute, or from the workspace's root on. Raises InvalidArguments for an
        expression that makes no sense, PathRefused, FileMissing.
        """
        find = finder(wanted.query, regex=wanted.regex)
        gone = threading.Event()
        above = f"{self._files.root(place).folder}/" if place.path.startswith("/") else ""
        try:
            return await self._files.within(
                place, lambda room, parts: _Search(room, find, wanted, above, gone).below(parts)
            )
        finally:
            # Nobody waits for the thread any more.
            gone.set()


class _Search:
    """One search, in a thread."""

    def __init__(self, room: Room, find: Finder, wanted: Wanted, above: str, gone: threading.Event) -> None:
        self._room = room
        self._find = find
        self._wanted = wanted
        self._above = above
        self._gone = gone
        self._until = time.monotonic() + wanted.seconds
        self._found = Found([])

    def below(self, parts: Parts) -> Found:
        found, wanted = self._found, self._wanted
        for file in self._paths(parts):
            data = self._text(file)
            if data is None:
                found.left_out += 1
                continue
            found.searched += 1
            for match in self._matches(self._above + text_of(file), data):
                if len(found.matches) == wanted.most:
                    found.ended = "results"
                    return found
                found.matches.append(match)
            if self._late():
                found.ended = "time"
                return found
        return found

    def _paths(self, parts: Parts) -> Iterator[Parts]:
        if self._room.kind(parts) != "folder":
            yield parts
            return
        seen = 0
        for entry in self._room.walk(parts, _DEPTH, SKIPPED):
            if self._late():
                # Of a million files none may fit.
                self._found.ended = "time"
                return
            if entry.kind != "file" or not self._fits(entry.parts[len(parts) :]):
                continue
            seen += 1
            if seen > _FILES:
                self._found.ended = "files"
                return
            yield entry.parts

    def _fits(self, below: Parts) -> bool:
        return self._wanted.glob is None or fits("/".join(below), self._wanted.glob)

    def _text(self, parts: Parts) -> bytes | None:
        with suppress(FileMissing, PathRefused, PayloadTooLarge):
            version = self._room.version(parts, _LARGE)
            if version is not None and b"\0" not in version.data[:_BINARY_WITHIN]:
                return version.data
        return None

    def _matches(self, path: str, data: bytes) -> Iterator[Match]:
        line, counted = 1, 0
        for at in self._starts(data):
            line += data.count(b"\n", counted, at)
            counted = at
            yield self._match(path, data, at, line)

    def _starts(self, data: bytes) -> Iterator[int]:
        """Where lines begin in which it is found."""
        at = 0
        while at < len(data) and not self._late():
            # Whole lines, or the beginning of one that is longer.
            end = at + _PIECE if at + _PIECE < len(data) else len(data)
            whole = data.rfind(b"\n", at, end)
            end = end if end == len(data) or whole < 0 else whole + 1
            while at < end and (place := self._find(data, at, end)) >= 0:
                start = data.rfind(b"\n", 0, place) + 1
                if start >= end:
                    # An empty match behind the last line.
                    break
                yield start
                at = _next_line(data, place)
            at = max(at, end if data[end - 1 : end] == b"\n" else _next_line(data, end))

    def _match(self, path: str, data: bytes, start: int, line: int) -> Match:
        around = self._wanted.around
        before: list[str] = []
        after: list[str] = []
        at = _next_line(data, start)
        while at < len(data) and len(after) < around:
            after.append(_shown(data, at))
            at = _next_line(data, at)
        at = start
        while at > 0 and len(before) < around:
            at = data.rfind(b"\n", 0, at - 1) + 1
            before.insert(0, _shown(data, at))
        return Match(path, line, _shown(data, start), before, after)

    def _late(self) -> bool:
        return self._gone.is_set() or time.monotonic() > self._until


def _next_line(data: bytes, at: int) -> int:
    """Where the line after that place begins, or the end."""
    return data.find(b"\n", at) + 1 or len(data)


def _shown(data: bytes, start: int) -> str:
    end = data.find(b"\n", start)
    line = data[start : end if end >= 0 else len(data)][: _SHOWN * 4]
    return line.decode(errors="replace").rstrip("\r")[:_SHOWN]
