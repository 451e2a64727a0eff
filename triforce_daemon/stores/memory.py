"""What is read of memory: rows, each a version of an entry, of which the latest is current."""

from collections.abc import Sequence
from typing import Any, TypedDict, cast

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_writes import NewRow, Verdict
from triforce_daemon.stores.selection import begins
from triforce_daemon.stores.tables import memories, memory_validations


class MemoryRow(NewRow):
    row: int


class VerdictRow(Verdict):
    #: The number of the row that it is about.
    memory: int


class MemoryStore:
    """What somebody asks for is looked for among what is his; what is forgotten only where that is asked for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, owner: str, id: str) -> MemoryRow | None:
        found = await self._all(select(memories).where(*_kept(owner), memories.c.id == id))
        return found[0] if found else None

    async def ids(self, owner: str, prefix: str, most: int) -> list[str]:
        """Ids that begin with `prefix`."""
        query = select(memories.c.id).where(*_kept(owner), begins(memories.c.id, prefix))
        return await self._texts(query.limit(most))

    async def versions(self, owner: str, entries: Sequence[str], *, forgotten: bool = False) -> list[MemoryRow]:
        """Every version of these entries, those of one entry together, the oldest first."""
        query = select(memories).where(*_kept(owner, forgotten), memories.c.entry.in_(entries))
        return await self._all(query.order_by(memories.c.entry, memories.c.version))

    async def entries(self, owner: str, limit: int, after: str | None, *, forgotten: bool = False) -> list[str]:
        """The entries that there are, in the order of their ids; `after` is the last one of the page before."""
        query = select(memories.c.entry).where(*_kept(owner, forgotten)).group_by(memories.c.entry)
        if after is not None:
            query = query.where(memories.c.entry > after)
        return await self._texts(query.order_by(memories.c.entry).limit(limit))

    async def numbered(self, rows: Sequence[int]) -> list[MemoryRow]:
        """These rows, in their order, as far as they are there."""
        found = {row["row"]: row for row in await self._all(select(memories).where(memories.c.row.in_(rows)))}
        return [found[row] for row in rows if row in found]

    async def same(self, filter: MemoryFilter, digest: str) -> MemoryRow | None:
        """The entry that says the same, the oldest where there are several."""
        query = select(memories).where(*filter.conditions(), memories.c.digest == digest)
        found = await self._all(query.order_by(memories.c.row).limit(1))
        return found[0] if found else None

    async def page(self, filter: MemoryFilter, limit: int, after: MemoryRow | None = None) -> list[MemoryRow]:
        """The newest first; `after` is the last one of the page before."""
        query = select(memories).where(*filter.conditions())
        if after is not None:
            query = query.where(tuple_(memories.c.created, memories.c.row) < (after["created"], after["row"]))
        return await self._all(query.order_by(memories.c.created.desc(), memories.c.row.desc()).limit(limit))

    async def fitting(self, filter: MemoryFilter, among: Sequence[str] | None) -> list[str]:
        """The entries that fit, the newest first; of those in `among` where that is given."""
        query = select(memories.c.entry).where(*filter.conditions())
        if among is not None:
            query = query.where(memories.c.entry.in_(among))
        return await self._texts(query.order_by(memories.c.created.desc(), memories.c.row.desc()))

    async def owners(self) -> list[str]:
        """Everybody who has something in memory. Raises StorageFailed."""
        known = select(memories.c.owner).where(memories.c.forgotten.is_(None))
        return await self._texts(known.distinct().order_by(memories.c.owner))

    async def touched_by(self, owner: str, change: str) -> list[str]:
        """The entries of which a change has made, forgotten or judged something."""
        judged = select(memory_validations.c.memory).where(memory_validations.c.change == change)
        by = (memories.c.change == change) | (memories.c.gone == change) | memories.c.row.in_(judged)
        return await self._texts(select(memories.c.entry).where(memories.c.owner == owner, by).distinct())

    async def verdicts(self, rows: Sequence[int]) -> list[VerdictRow]:
        """What was said of these rows, the oldest first."""
        table = memory_validations
        query = select(*(table.c[name] for name in VerdictRow.__annotations__)).where(table.c.memory.in_(rows))
        async with self._database.read() as connection:
            found = (await connection.execute(query.order_by(table.c.row))).mappings().all()
        return [cast(VerdictRow, dict(row)) for row in found]

    async def _all(self, query: Select[Any]) -> list[MemoryRow]:
        async with self._database.read() as connection:
            found = (await connection.execute(query)).mappings().all()
        return [cast(MemoryRow, dict(row)) for row in found]

    async def _texts(self, query: Select[Any]) -> list[str]:
        async with self._database.read() as connection:
            return list((await connection.execute(query)).scalars())


class MemorySums(TypedDict):
    by_type: dict[str, int]
    by_project: dict[str, int]
    avg_confidence: float | None
    expired: int
    forgotten: int
    bytes: int


async def sums(database: Database, filter: MemoryFilter) -> MemorySums:
    """How much an owner has, or has of one project. Raises StorageFailed."""
    alive, project = filter.conditions(), filter.project
    mine = [memories.c.owner == filter.owner, *([memories.c.project == project] if project is not None else [])]
    led = [*mine, memories.c.current == 1]
    async with database.read() as connection:

        async def grouped(column: ColumnElement[Any]) -> dict[str, int]:
            query = select(func.coalesce(column, "").label("name"), func.count().label("number"))
            rows = await connection.execute(query.where(*alive).group_by(column))
            return {row.name: row.number for row in rows}

        async def one(value: ColumnElement[Any], *where: ColumnElement[bool]) -> Any:
            return (await connection.execute(select(value).select_from(memories).where(*where))).scalar()

        kept = memories.c.forgotten.is_(None)
        return MemorySums(
            by_type=await grouped(memories.c.type),
            by_project=await grouped(memories.c.project),
            avg_confidence=await one(func.avg(memories.c.confidence), *alive),
            expired=await one(func.count(), *led, kept, memories.c.expires <= filter.now),
            forgotten=await one(func.count(), *led, memories.c.forgotten.is_not(None)),
            bytes=await one(func.coalesce(func.sum(func.length(memories.c.content)), 0), *mine, kept),
        )


def _kept(owner: str, forgotten: bool = False) -> list[ColumnElement[bool]]:
    own = memories.c.owner == owner
    return [own] if forgotten else [own, memories.c.forgotten.is_(None)]
