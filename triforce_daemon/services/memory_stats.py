"""How much is in memory, of what kind, and how sure it is."""

from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.memory_entries import project_of
from triforce_daemon.services.memory_vectors import MemoryVectors
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory import sums
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.wire.memory import MemoryStats


class MemoryCounts:
    def __init__(self, database: Database, vectors: MemoryVectors, clock: Clock) -> None:
        self._database = database
        self._vectors = vectors
        self._clock = clock

    async def stats(self, caller: Caller, project: str | None = None) -> MemoryStats:
        """Of all that the caller has, or of one project. Raises InvalidRequest, StorageFailed."""
        filter = MemoryFilter(caller.account, self._clock.now_ms(), project=project_of(project))
        found = await sums(self._database, filter)
        total, average = sum(found["by_type"].values()), found["avg_confidence"]
        return MemoryStats(
            schema="triforce.memory.stats/1",
            total=total,
            by_type=found["by_type"],
            by_project=found["by_project"],
            avg_confidence=None if average is None else round(average, 4),
            expired=found["expired"],
            forgotten=found["forgotten"],
            bytes=found["bytes"],
            vectors=await self._vectors.state(filter, total),
        )
