"""All that keeps memory, on a real database and a clock that stands still."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

from tests.triforce_daemon.served_daemon import fresh_database
from tests.triforce_daemon.simulated import SimulatedClock
from triforce_daemon.access.caller import Caller
from triforce_daemon.children.embedder import Embedder
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_forgetting import Forgetting
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.memory_stats import MemoryCounts
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.services.memory_undo import MemoryUndo
from triforce_daemon.services.memory_vectors import MemoryVectors
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.wire.memory import MemoryChanged, MemoryHistory, MemoryStored

ANNA, BEN = Caller("owner", "anna"), Caller("user", "ben", user="b")
KEEP_DAYS = 30


class MemoryHouse:
    def __init__(self, database: Database, embedder: Embedder) -> None:
        self.database = database
        self.clock = SimulatedClock()
        self.vectors = MemoryVectors(database, embedder, self.clock)
        self.memories = Memories(database, self.clock, self.vectors.tell)
        self.searching = MemorySearch(database, self.memories, self.vectors, self.clock)
        self.counts = MemoryCounts(database, self.vectors, self.clock)
        self.transfer = MemoryTransfer(database, self.clock, self.vectors.tell)
        self.forgetting = Forgetting(database, self.memories, self.clock, KEEP_DAYS)
        self.undoing = MemoryUndo(database, self.clock, self.vectors.tell)

    async def add(self, content: str, caller: Caller = ANNA, **more: Any) -> MemoryStored:
        return await self.memories.store(caller, cast(Any, {"content": content, **more}))

    async def edit(self, id: str, caller: Caller = ANNA, **change: Any) -> MemoryChanged:
        return await self.memories.change(caller, id, cast(Any, change))

    async def contents(self, caller: Caller = ANNA, **query: Any) -> list[str]:
        return [hit["content"] for hit in (await self.searching.find(caller, cast(Any, query)))["items"]]

    async def history(self, id: str, caller: Caller = ANNA) -> MemoryHistory:
        return await self.memories.history(caller, id)

    async def everything(self, caller: Caller = ANNA) -> list[Mapping[str, Any]]:
        """All that is kept, but for ids and the order of entries."""
        documents = await self.transfer.all(caller.account)
        return sorted((_bare(document) for document in documents), key=str)


def _bare(document: Mapping[str, Any]) -> dict[str, Any]:
    unnamed = [
        {name: value for name, value in version.items() if name not in ("id", "previous_id")}
        for version in document["versions"]
    ]
    return {**document, "versions": unnamed}


@asynccontextmanager
async def memory_house(folder: str, *, embeddings: bool = False) -> AsyncIterator[MemoryHouse]:
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "triforce.db")
    with open(path, "wb") as file:
        file.write(fresh_database())
    database, tasks = SqliteDatabase(path, "normal", 5), Tasks()
    await database.open()
    embedder = Embedder(os.environ, tasks, enabled=embeddings)
    try:
        yield MemoryHouse(database, embedder)
    finally:
        await embedder.close()
        await tasks.stop()
        await database.close()
