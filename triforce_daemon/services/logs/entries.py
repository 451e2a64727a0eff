"""Lines of the log and requests as entries of one kind, in order."""

from collections.abc import Iterable

import orjson

from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.request_book import Asked
from triforce_daemon.wire.log_lines import LEVELS, Level, Line, category_of, weight_of
from triforce_daemon.wire.logs import LogEntry

#: The unit of what no line was written of.
REQUESTS = "routes.requests"
#: What is longer is cut: the log itself has the whole of it.
_LONGEST = 4_000
_FRAME = ("ts", "level", "unit", "msg", "request_id")


def line_of(asked: Asked) -> Line:
    """A request as a line of the log: what succeeded is of no interest to most, what the daemon failed at is."""
    line: Line = {
        "ts": rfc3339(asked.ts),
        "level": _level(asked.status),
        "unit": REQUESTS,
        "msg": f"{asked.method} {asked.path}",
        "request_id": asked.request,
        "status": asked.status,
        "ms": round(asked.ms, 1),
        "client": asked.client,
    }
    return line


def entry_of(line: Line) -> LogEntry:
    """The line as it can be sent, whatever has written it."""
    ts, request = line.get("ts"), line.get("request_id")
    unit = str(line.get("unit", ""))
    return LogEntry(
        ts=_text(ts) if isinstance(ts, str) else None,
        level=LEVELS[weight_of(line)],
        category=category_of(unit),
        unit=_text(unit),
        msg=_text(str(line.get("msg", ""))),
        request_id=_text(request) if isinstance(request, str) else None,
        more={_text(name): _short(value) for name, value in line.items() if name not in _FRAME},
    )


def newest_first(lines: Iterable[Line], requests: Iterable[Line]) -> list[Line]:
    """Both together; a line that does not say when it was written keeps its place among the others."""
    placed: list[tuple[str, Line]] = []
    last = "~"
    for line in lines:
        last = str(line.get("ts", last))
        placed.append((last, line))
    placed += [(str(line["ts"]), line) for line in requests]
    return [line for _, line in sorted(placed, key=lambda one: one[0], reverse=True)]


def _short(value: object) -> object:
    if isinstance(value, str):
        return _text(value)
    try:
        return "…" if len(orjson.dumps(value)) > _LONGEST else value
    except orjson.JSONEncodeError:
        # A number without end, or half a character somewhere within.
        return _text(str(value))


def _text(text: str) -> str:
    """With a ? for each half of a character, which no encoding can write."""
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= _LONGEST else whole[:_LONGEST] + "…"


def _level(status: int | None) -> Level:
    if status is None:
        return "info"
    return "debug" if status < 400 else "info" if status < 500 else "error"
