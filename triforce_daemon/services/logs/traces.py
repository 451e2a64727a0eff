"""One request from its arrival to its end: what was written of it, and what it was spent on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import AmbiguousId, InvalidRequest, NotFound
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.services.logs.own_requests import OwnRequests, sees_all
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.services.request_book import Asked
from triforce_daemon.stores.audit.chain import Row
from triforce_daemon.stores.audit.rows import AuditStore
from triforce_daemon.wire.audit import RouteAttempt
from triforce_daemon.wire.log_lines import Wanted
from triforce_daemon.wire.logs import LogEntry, TraceSpan

#: So much of an id is asked for at least: all that came within some minutes begin alike.
SHORTEST = 8
_SHOWN = 5
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Trace:
    id: str
    entries: Sequence[LogEntry]
    spans: Sequence[TraceSpan]


class LogTraces:
    def __init__(self, reader: LogReader, own: OwnRequests, store: AuditStore) -> None:
        self._reader = reader
        self._own = own
        self._store = store

    async def show(self, caller: Caller, beginning: str) -> Trace:
        """The request whose id is, or begins with, `beginning`; a caller finds his own.

        Raises InvalidRequest, NotFound, AmbiguousId, StorageFailed.
        """
        beginning = beginning.lower()
        if len(beginning) < SHORTEST or not beginning.isascii():
            raise InvalidRequest(f"Of an id at least {SHORTEST} characters are needed.", None)
        rows = await self._store.requests(beginning, _MOST)
        asked = [one for one in await self._reader.requests(caller) if one.request.startswith(beginning)]
        entries = (await self._reader.find(caller, Wanted(request=beginning), _MOST)).entries
        id = await self._one_of(caller, beginning, rows, asked, entries)
        return Trace(
            id,
            [one for one in reversed(entries) if one["request_id"] == id],
            spans([one for one in asked if one.request == id], [row for row in rows if row["request"] == id]),
        )

    async def _one_of(
        self,
        caller: Caller,
        beginning: str,
        rows: Sequence[Row],
        asked: Sequence[Asked],
        entries: Sequence[LogEntry],
    ) -> str:
        audited = {str(row["request"]) for row in rows}
        if not sees_all(caller):
            audited = await self._own.among(caller, audited)
        written = {one["request_id"] for one in entries if one["request_id"] is not None}
        ids = sorted(audited | written | {one.request for one in asked})
        if not ids:
            raise NotFound(
                f"Nothing is known of a request {beginning!r}.",
                "Each answer tells its id in x-triforce-request-id; what is old is forgotten.",
            )
        if len(ids) > 1:
            raise AmbiguousId(
                f"{len(ids)} requests begin with {beginning!r}.", "Write more of the id.", near=ids[:_SHOWN]
            )
        return ids[0]


def spans(asked: Sequence[Asked], rows: Sequence[Row]) -> list[TraceSpan]:
    """The tree, each before its parts: by what the book knows of the request, and what the audit does."""
    found = [_http(number, one) for number, one in enumerate(asked)]
    root = found[-1]["id"] if found else None
    for row in rows:
        said: Mapping[str, Any] = orjson.loads(row["document"])
        here = len(found)
        if row["kind"] == "tool":
            found.append(_tool(here, root, row["ts"], said))
        else:
            found.append(_request(here, root, row["ts"], said))
            found += [_attempt(here + number, here, one) for number, one in enumerate(said["route"], 1)]
    return found


def _http(id: int, asked: Asked) -> TraceSpan:
    return TraceSpan(
        id=id,
        parent=None,
        kind="http",
        name=f"{asked.method} {asked.path}",
        started_at=rfc3339(asked.ts),
        ms=round(asked.ms, 1),
        status=_text(asked.status),
        error=None,
    )


def _request(id: int, parent: int | None, ended: int, said: Mapping[str, Any]) -> TraceSpan:
    return TraceSpan(
        id=id,
        parent=parent,
        kind="request",
        name=said["asked"],
        started_at=rfc3339(ended - said["total_ms"]),
        ms=said["total_ms"],
        status=said["state"],
        error=said["error"],
    )


def _attempt(id: int, parent: int, said: RouteAttempt) -> TraceSpan:
    return TraceSpan(
        id=id,
        parent=parent,
        kind="attempt",
        name=said["model"],
        started_at=None,
        ms=said["ms"],
        status=_text(said["status"]),
        error=said["error"],
    )


def _tool(id: int, parent: int | None, ended: int, said: Mapping[str, Any]) -> TraceSpan:
    error = said.get("error")
    return TraceSpan(
        id=id,
        parent=parent,
        kind="tool",
        name=said["tool"],
        started_at=rfc3339(ended - said["ms"]),
        ms=said["ms"],
        status="done" if error is None else "failed",
        error=error,
    )


def _text(status: int | None) -> str | None:
    return None if status is None else str(status)
