"""The vectors of what is in memory: kept beside their rows, and read together to be compared."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.tables import memories, memory_vectors


class Wordless(NamedTuple):
    """A row without a vector."""

    row: int
    content: str


class MemoryVectorStore:
    """Vectors of one model; those of another one count as missing."""

    def __init__(self, database: Database, model: str) -> None:
        self._database = database
        self.model = model
        names = ("memory", "model", "vector")
        values = select(*(bindparam(name, type_=memory_vectors.c[name].type) for name in names))
        there = select(memories.c.row).where(memories.c.row == bindparam("memory")).exists()
        self._put = database.prepared(lambda: insert(memory_vectors).from_select(names, values.where(there)))
        self._drop = database.prepared(
            lambda: memory_vectors.delete().where(memory_vectors.c.memory == bindparam("of_row"))
        )

    async def put(self, vectors: Sequence[tuple[int, bytes]]) -> None:
        """Keep them; what was deleted meanwhile gets none. Raises StorageFailed."""
        writes = [
            write
            for row, vector in vectors
            for write in (self._drop(of_row=row), self._put(memory=row, model=self.model, vector=vector))
        ]
        await self._database.write(*writes)

    async def missing(self, now: int, most: int) -> list[Wordless]:
        """Entries of anybody's that have none yet, the newest first."""
        query = (
            select(memories.c.row, memories.c.content)
            .outerjoin(memory_vectors, self._own())
            .where(memory_vectors.c.memory.is_(None), memories.c.current == 1, memories.c.forgotten.is_(None))
            .where(memories.c.expires.is_(None) | (memories.c.expires > now))
            .order_by(memories.c.row.desc())
            .limit(most)
        )
        async with self._database.read() as connection:
            return [Wordless(row.row, row.content) for row in await connection.execute(query)]

    async def all(self, filter: MemoryFilter) -> list[tuple[int, bytes]]:
        """The rows that fit, with their vectors."""
        query = select(memory_vectors.c.memory, memory_vectors.c.vector).join(memories, self._own())
        async with self._database.read() as connection:
            rows = await connection.execute(query.where(*filter.conditions()))
            return [(row.memory, row.vector) for row in rows]

    async def count(self, filter: MemoryFilter) -> int:
        """How many entries have one."""
        query = select(func.count()).select_from(memory_vectors).join(memories, self._own())
        async with self._database.read() as connection:
            return (await connection.execute(query.where(*filter.conditions()))).scalar_one()

    def _own(self):
        return (memory_vectors.c.memory == memories.c.row) & (memory_vectors.c.model == self.model)
