"""The lines of the daemon's log: what they are about, which of them are wanted, and the newest first from its files."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, cast

Level = Literal["debug", "info", "warning", "error", "critical"]
Category = Literal["api", "llm", "mcp", "agent", "memory", "chain", "security", "system", "federation"]
#: `error` is whatever went wrong, whichever category it is of.
Asked = Literal["api", "llm", "mcp", "agent", "memory", "chain", "security", "system", "federation", "error", "all"]

LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error", "critical")
#: Which rooms of the daemon write what. The longest beginning counts; all others are of the system.
_ROOMS: dict[Category, tuple[str, ...]] = {
    "api": ("routes", "listeners", "uvicorn"),
    "llm": (
        *("providers", "dialects", "outbound", "services.routing", "services.chat_router", "services.model"),
        *("services.turns", "services.asking", "services.responses", "services.questions"),
    ),
    "mcp": ("tools", "toolbox", "mcp_server", "routes.mcp", "services.mcp", "services.tool", "mcp"),
    "agent": ("agents", "services.agent"),
    "memory": ("services.memory", "stores.memory"),
    "chain": ("services.chain", "services.workflow"),
    "security": (
        *("access", "stores.audit", "stores.vault", "services.audit", "services.refusals", "services.key"),
        *("services.users", "services.tokens", "assemble.secrets", "children.sandbox"),
    ),
    "federation": ("mesh", "federation", "services.mesh", "services.federation", "services.node"),
}
_BEGINNINGS: list[tuple[str, Category]] = sorted(
    ((beginning, category) for category, rooms in _ROOMS.items() for beginning in rooms),
    key=lambda one: -len(one[0]),
)
#: How `log.format = "text"` writes a line.
_TEXT = re.compile(r"(?P<ts>\d{4}-\S+Z) (?P<level>[A-Z]+) +(?P<unit>[^\s:]+): (?P<msg>.*)")
#: So many files are kept of a log that was moved aside when it grew.
_BACKUPS = 3
_BLOCK = 1 << 16
#: What is longer is no line of ours, and is cut.
_LONGEST = 1 << 20
#: So many lines in a row that are too old, and those before them are older still: threads write nearly in order.
_SURELY_OLD = 100

Line = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which lines are meant; None: whichever."""

    level: Level | None = None
    since: str | None = None
    pattern: "re.Pattern[str] | None" = None
    request: str | None = None
    category: Asked | None = None
    #: Words that stand in the line as they are, in large letters or small.
    words: str | None = None

    def fits(self, line: Line, text: str) -> bool:
        weight = weight_of(line)
        return (
            (self.level is None or weight >= LEVELS.index(self.level))
            and (self.since is None or str(line.get("ts", "")) >= self.since)
            and (self.pattern is None or self.pattern.search(text) is not None)
            and (self.words is None or self.words.lower() in text.lower())
            and (self.request is None or str(line.get("request_id", "")).startswith(self.request))
            and (self.category is None or _is_of(self.category, line, weight))
        )


def weight_of(line: Line) -> int:
    """Where its level stands in LEVELS; nobody knows how bad a line without one is, so it is not hidden."""
    level = line.get("level")
    return LEVELS.index(level) if level in LEVELS else LEVELS.index("error")


def category_of(unit: str) -> Category:
    """What a room of the daemon writes about."""
    for beginning, category in _BEGINNINGS:
        if unit.startswith(beginning):
            return category
    return "system"


def parsed(text: str) -> Line:
    """A line as it was meant, whichever format it has; one that is none, of whatever wrote it, is its words alone."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return cast(Line, value)
    found = _TEXT.match(text)
    return {**found.groupdict(), "level": found["level"].lower()} if found else {"msg": text}


def fitting(texts: Iterable[str], wanted: Wanted) -> Iterator[Line]:
    """Those that are wanted, of lines that come with the newest first; what is surely too old is not looked at."""
    past = 0
    for text in texts:
        line = parsed(text)
        if wanted.since is not None and "ts" in line:
            past = past + 1 if str(line["ts"]) < wanted.since else 0
            if past > _SURELY_OLD:
                return
        if text and wanted.fits(line, text):
            yield line


def newest(path: str, most_bytes: int | None = None) -> Iterator[str]:
    """The lines of a log, also of the files that it was moved to, the newest first; of `most_bytes` at its end.

    Raises OSError where there is no log.
    """
    seen: set[tuple[int, int]] = set()
    left = most_bytes
    for file in (path, *(f"{path}.{number}" for number in range(1, _BACKUPS + 1))):
        if file != path and not os.path.exists(file):
            return
        with open(file, "rb") as opened:
            status = os.fstat(opened.fileno())
            # It may be moved aside while it is read.
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            for line in _backwards(opened, status.st_size, left):
                yield line.decode("utf-8", "replace")
            if left is not None and (left := left - status.st_size) <= 0:
                return


def _backwards(file: BinaryIO, size: int, most: int | None) -> Iterator[bytes]:
    """The lines of a file from its end on; the last that is read is whole only where all of it is read."""
    first = 0 if most is None else max(0, size - most)
    held, place, ends = b"", size, True
    while place > first:
        begin = max(first, place - _BLOCK)
        file.seek(begin)
        pieces = (file.read(place - begin) + held).split(b"\n")
        place, held = begin, pieces[0][:_LONGEST]
        for piece in reversed(pieces[1:]):
            # What stands behind the last line's end is no line.
            if piece or not ends:
                yield piece
            ends = False
    if first == 0 and (held or not ends):
        yield held


def _is_of(category: Asked, line: Line, weight: int) -> bool:
    if category in ("error", "all"):
        return category == "all" or weight >= LEVELS.index("error")
    return category_of(str(line.get("unit", ""))) == category
