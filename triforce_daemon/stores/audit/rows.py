"""The audit's rows and segments in the database."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from sqlalchemy import Select, bindparam, delete, func, insert, select, update

from triforce_daemon.stores.audit.chain import Row
from triforce_daemon.stores.audit.segments import Segment
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.tables import audit, audit_segments

#: So many rows are read at a time.
_PAGE = 2_000
#: So many ids are looked for at a time.
_AT_ONCE = 500
#: Behind all that begins like an id.
_BEYOND = "~"


@dataclass(frozen=True, slots=True)
class Filter:
    kind: str | None = None
    #: Digests: of whom the rows are, or whom they are about.
    people: Sequence[str] | None = None
    #: In ms.
    since: int | None = None
    #: A request's id, or how it begins.
    request: str | None = None
    #: Pieces of JSON that stand in the document, or do not.
    holding: Sequence[str] = ()
    lacking: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment, the kinds whose rows are pruned, and how many other rows it has."""

    segment: Segment
    pruned: Sequence[str]
    kept: int


class AuditStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert_segment = database.prepared(lambda: insert(audit_segments))
        within = (audit.c.chain == bindparam("of")) & audit.c.number.between(bindparam("begin"), bindparam("end"))
        self._delete = database.prepared(lambda: delete(audit).where(within, audit.c.kind == bindparam("which")))
        at = (audit_segments.c.chain == bindparam("of")) & (audit_segments.c.number == bindparam("at"))
        self._mark = database.prepared(
            lambda: update(audit_segments).where(at).values(pruned=bindparam("gone"), kept=bindparam("rest"))
        )

    async def chains(self) -> list[str]:
        """All that have rows or segments here. Raises StorageFailed."""
        names = select(audit.c.chain).union(select(audit_segments.c.chain))
        async with self._database.read() as connection:
            return sorted((await connection.execute(names)).scalars().all())

    async def newest(self, wanted: Filter, limit: int) -> list[Row]:
        """The newest first. Raises StorageFailed."""
        query = _filtered(select(audit), wanted).order_by(audit.c.ts.desc(), audit.c.number.desc())
        return await self._rows(query.limit(limit))

    async def latest(self, wanted: Filter, documents: Sequence[str]) -> dict[str, int]:
        """By the caller's digest, when the newest row came that is one of `documents`. Raises StorageFailed."""
        newest = func.max(audit.c.ts).label("newest")
        query = _filtered(cast("Select[Any]", select(audit.c.caller, newest)), wanted)
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(audit.c.document.in_(documents)).group_by(audit.c.caller))
            return {row.caller: row.newest for row in rows if row.caller is not None}

    async def requests(self, beginning: str, limit: int) -> list[Row]:
        """Rows of kind `request` and `tool` whose request's id begins so, in order. Raises StorageFailed."""
        query = _filtered(select(audit), Filter(request=beginning)).where(audit.c.kind.in_(("request", "tool")))
        return await self._rows(query.order_by(audit.c.request, audit.c.number).limit(limit))

    async def asked_by(self, requests: Collection[str], people: Collection[str]) -> set[str]:
        """Those of the requests that one of `people` (digests) has sent. Raises StorageFailed."""
        found: set[str] = set()
        ids = sorted(requests)
        async with self._database.read() as connection:
            for first in range(0, len(ids) if people else 0, _AT_ONCE):
                among = audit.c.request.in_(ids[first : first + _AT_ONCE]) & audit.c.caller.in_(sorted(people))
                found |= set((await connection.execute(select(audit.c.request).where(among))).scalars())
        return found

    async def between(self, chain: str, first: int, last: int | None = None, limit: int | None = None) -> list[Row]:
        """Rows of a chain by their numbers, in order. Raises StorageFailed."""
        query = select(audit).where(audit.c.chain == chain, audit.c.number >= first).order_by(audit.c.number)
        if last is not None:
            query = query.where(audit.c.number <= last)
        return await self._rows(query.limit(limit))

    async def all(self, chain: str) -> AsyncGenerator[list[Row]]:
        """Every row of a chain in order, some at a time. Raises StorageFailed."""
        first = 0
        while page := await self.between(chain, first, limit=_PAGE):
            yield page
            first = page[-1]["number"] + 1

    async def segments(self, chain: str, *, with_rows: bool = False) -> list[Kept]:
        """In order; `with_rows`: only those of which there are rows. Raises StorageFailed."""
        query = select(audit_segments).where(audit_segments.c.chain == chain).order_by(audit_segments.c.number)
        return await self._segments(query.where(audit_segments.c.kept > 0) if with_rows else query)

    async def segment_of(self, row: Row) -> Segment | None:
        """The segment that holds a row; None where it is not closed yet. Raises StorageFailed."""
        columns, number = audit_segments.c, row["number"]
        query = select(audit_segments).where(columns.chain == row["chain"], columns.first <= number)
        found = await self._segments(query.where(columns.last >= number))
        return found[0].segment if found else None

    async def last_segment(self, chain: str) -> Segment | None:
        """Raises StorageFailed."""
        query = select(audit_segments).where(audit_segments.c.chain == chain)
        found = await self._segments(query.order_by(audit_segments.c.number.desc()).limit(1))
        return found[0].segment if found else None

    async def add(self, segment: Segment) -> None:
        """Raises StorageFailed."""
        rows = sum(kind["rows"] for kind in segment["kinds"].values())
        kinds = orjson.dumps(segment["kinds"]).decode()
        await self._database.write(self._insert_segment(**{**segment, "kinds": kinds, "pruned": "[]", "kept": rows}))

    async def prune(self, kept: Kept, kinds: Sequence[str]) -> None:
        """Delete the segment's rows of these kinds, in one commit. Raises StorageFailed."""
        segment = kept.segment
        place = {"of": segment["chain"], "begin": segment["first"], "end": segment["last"]}
        gone = [*kept.pruned, *kinds]
        rest = kept.kept - sum(segment["kinds"][kind]["rows"] for kind in kinds)
        mark: Write = self._mark(of=segment["chain"], at=segment["number"], gone=orjson.dumps(gone).decode(), rest=rest)
        await self._database.write(*(self._delete(**place, which=kind) for kind in kinds), mark)

    async def _rows(self, query: Select[Any]) -> list[Row]:
        async with self._database.read() as connection:
            return [cast(Row, dict(row)) for row in (await connection.execute(query)).mappings().all()]

    async def _segments(self, query: Select[Any]) -> list[Kept]:
        async with self._database.read() as connection:
            return [_kept(row) for row in (await connection.execute(query)).mappings().all()]


def _kept(row: Mapping[Any, Any]) -> Kept:
    signed = {name: row[name] for name in Segment.__annotations__}
    segment = cast(Segment, {**signed, "kinds": orjson.loads(row["kinds"])})
    return Kept(segment, orjson.loads(row["pruned"]), row["kept"])


def _filtered(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.kind is not None:
        query = query.where(audit.c.kind == wanted.kind)
    if wanted.people is not None:
        query = query.where(audit.c.caller.in_(wanted.people) | audit.c.subject.in_(wanted.people))
    if wanted.since is not None:
        query = query.where(audit.c.ts >= wanted.since)
    if wanted.request is not None:
        query = query.where(audit.c.request >= wanted.request, audit.c.request < wanted.request + _BEYOND)
    for piece in wanted.holding:
        query = query.where(audit.c.document.contains(piece, autoescape=True))
    for piece in wanted.lacking:
        query = query.where(~audit.c.document.contains(piece, autoescape=True))
    return query
