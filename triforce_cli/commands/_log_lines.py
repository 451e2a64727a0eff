"""The lines of the daemon's log: read from its files, narrowed down, and drawn for a person."""

import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast

from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import local

Level = Literal["debug", "info", "warning", "error", "critical"]
Category = Literal["api", "llm", "mcp", "error", "agent"]

LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error", "critical")
_COLOURS = {"warning": "yellow", "error": "red", "critical": "red", "debug": "dim"}
#: Which rooms of the daemon write what; `error` is a level.
_UNITS: dict[str, tuple[str, ...]] = {
    "api": ("routes", "listeners", "access", "uvicorn"),
    "llm": ("providers", "dialects", "outbound", "services.routing", "services.chat_router", "services.model"),
    "mcp": ("tools", "toolbox", "routes.mcp", "services.mcp"),
    "agent": ("agents", "services.agents"),
}
#: How `log.format = "text"` writes a line.
_TEXT = re.compile(r"(?P<ts>\d{4}-\S+Z) (?P<level>[A-Z]+) +(?P<unit>[^\s:]+): (?P<msg>.*)")
_FRAME = ("ts", "level", "unit", "msg", "request_id", "traceback")
#: So many files are kept of a log that was moved aside when it grew.
_BACKUPS = 3
_LOOK_SECONDS = 0.2

Line = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which lines are meant; None: whichever."""

    level: Level | None = None
    since: str | None = None
    pattern: "re.Pattern[str] | None" = None
    request: str | None = None
    category: Category | None = None

    def fits(self, line: Line, text: str) -> bool:
        level = line.get("level")
        weight = LEVELS.index(level) if level in LEVELS else LEVELS.index("error")
        return (
            (self.level is None or weight >= LEVELS.index(self.level))
            and (self.since is None or str(line.get("ts", "")) >= self.since)
            and (self.pattern is None or self.pattern.search(text) is not None)
            and (self.request is None or str(line.get("request_id", "")).startswith(self.request))
            and (self.category is None or _is_of(self.category, line, weight))
        )


def parsed(text: str) -> Line:
    """A line as it was meant, whichever format it has; one that is none, of whatever wrote it, is its words alone."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, dict):
        return cast(Line, value)
    found = _TEXT.match(text)
    return {**found.groupdict(), "level": found["level"].lower()} if found else {"msg": text}


def last(path: str, wanted: Wanted, count: int) -> list[Line]:
    """The last lines that are wanted, the oldest first; also of the files that the log was moved to. Raises OSError."""
    found: list[Line] = []
    for file in (path, *(f"{path}.{number}" for number in range(1, _BACKUPS + 1))):
        if len(found) >= count or (file != path and not os.path.exists(file)):
            break
        with open(file, encoding="utf-8", errors="replace") as lines:
            found = [*_fitting(lines, wanted), *found]
    return found[len(found) - min(count, len(found)) :]


def follow(path: str, wanted: Wanted) -> Iterator[Line]:
    """Every line that is wanted from now on, for ever, also where the log is moved aside meanwhile. Raises OSError."""
    begun = False
    while True:
        with open(path, encoding="utf-8", errors="replace") as file:
            if not begun:
                file.seek(0, os.SEEK_END)
            begun = True
            held, moved = "", False
            while not moved:
                # Looked at before it is read: what was written until then is in this file.
                moved = _moved(path, file.fileno())
                for text in iter(file.readline, ""):
                    held += text
                    if held.endswith("\n"):
                        yield from _fitting([held], wanted)
                        held = ""
                if not moved:
                    time.sleep(_LOOK_SECONDS)


def drawn(line: Line, paint: Paint) -> str:
    """A line as a person reads it."""
    level = str(line.get("level", ""))
    colour = _COLOURS.get(level)
    word = f"{level:<7}" if level else ""
    when = _moment(str(line["ts"])) if "ts" in line else ""
    told = [f"{name}={_word(value)}" for name, value in line.items() if name not in _FRAME]
    request = line.get("request_id")
    parts = [
        paint.dim(when),
        getattr(paint, colour)(word) if colour else word,
        paint.dim(one_line(str(line.get("unit", "")))),
        one_line(str(line.get("msg", ""))),
        paint.dim(one_line(" ".join(told))),
        paint.dim(one_line(str(request))) if request else "",
    ]
    trace = "".join(f"\n  {one_line(row)}" for row in str(line.get("traceback", "")).splitlines())
    return " ".join(part for part in parts if part.strip()) + trace


def _fitting(texts: Iterable[str], wanted: Wanted) -> list[Line]:
    found: list[Line] = []
    for text in texts:
        text = text.rstrip("\n")
        line = parsed(text)
        if text and wanted.fits(line, text):
            found.append(line)
    return found


def _is_of(category: Category, line: Line, weight: int) -> bool:
    if category == "error":
        return weight >= LEVELS.index("error")
    unit = str(line.get("unit", ""))
    return any(unit == room or unit.startswith(room) for room in _UNITS[category])


def _moved(path: str, opened: int) -> bool:
    """Whether another file is in the log's place."""
    try:
        return os.stat(path).st_ino != os.fstat(opened).st_ino
    except OSError:
        return False


def _moment(ts: str) -> str:
    try:
        return local(ts) + ts[16:23]
    except ValueError:
        return ts


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
