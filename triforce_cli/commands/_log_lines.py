"""The lines of the daemon's log: asked for or read from its files, followed, and drawn for a person."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from triforce_cli.contexts import Globals, remote
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonNotRunning, DaemonUnreachable, DaemonWentAway, NotFound, UnreadableFile
from triforce_cli.launcher import log_file
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import local
from triforce_daemon.wire.log_lines import Line, Wanted, fitting, newest

if TYPE_CHECKING:
    from triforce_daemon.wire.logs import LogEntry, LogList

#: A daemon tells no more at once.
_MOST = 1_000
_COLOURS = {"warning": "yellow", "error": "red", "critical": "red", "debug": "dim"}
_FRAME = ("ts", "level", "unit", "msg", "request_id", "traceback")
_LOOK_SECONDS = 0.2


def show(wanted: Wanted, count: int, follows: bool, chosen: Globals, printed: Callable[[Line], None]) -> None:
    """Have the last lines printed, and those that come; what a daemon that runs knows wins over files that lie about.

    Raises NotFound, UnreadableFile, and what the daemon says.
    """
    told = _told(wanted, count, chosen)
    if told is None or (told["file"] is not None and (follows or wanted.pattern is not None)):
        path = (told and told["file"]) or log_file(chosen)
        _read(path, wanted, count, follows, printed)
    elif follows:
        raise _no_log("The daemon's log goes to standard error")
    else:
        for line in _asked(told["items"], wanted, count):
            printed(line)


def _told(wanted: Wanted, count: int, chosen: Globals) -> "LogList | None":
    """What the daemon says; None where none runs on this machine."""
    client = DaemonClient.of(chosen)
    limit = _MOST if wanted.pattern is not None else min(max(count, 1), _MOST)
    asked = {"category": wanted.category, "since": wanted.since, "request": wanted.request, "limit": limit}
    try:
        return client.logs(level=wanted.level or "info", **asked)
    except (DaemonNotRunning, DaemonUnreachable, DaemonWentAway):
        if remote(chosen) is not None:
            raise
        return None


def _asked(items: "list[LogEntry]", wanted: Wanted, count: int) -> list[Line]:
    """The daemon's entries as the lines that they were, the oldest first."""
    frame = ("ts", "level", "unit", "msg", "request_id")
    lines: list[Line] = [
        {**{name: one[name] for name in frame if one[name] is not None}, **one["more"]} for one in items
    ]
    fit = [one for one in lines if wanted.pattern is None or wanted.pattern.search(json.dumps(one, ensure_ascii=False))]
    return fit[:count][::-1]


def _read(path: str, wanted: Wanted, count: int, follows: bool, printed: Callable[[Line], None]) -> None:
    try:
        for line in last(path, wanted, count):
            printed(line)
        if follows:
            for line in follow(path, wanted):
                printed(line)
                sys.stdout.flush()
    except FileNotFoundError:
        raise _no_log(f"There is no log at {path}") from None
    except OSError as error:
        raise UnreadableFile(f"{path}: {error.strerror}.", "Check its owner and mode.") from None


def _no_log(why: str) -> NotFound:
    return NotFound(
        f"{why}.",
        "A daemon that systemd runs writes to the journal: journalctl -u triforced, with --user for your own.",
    )


def last(path: str, wanted: Wanted, count: int) -> list[Line]:
    """The last lines that are wanted, the oldest first; also of the files that the log was moved to. Raises OSError."""
    return list(islice(fitting(newest(path), wanted), count))[::-1]


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
                        yield from fitting([held.rstrip("\n")], wanted)
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
