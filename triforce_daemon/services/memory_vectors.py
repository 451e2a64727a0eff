"""Memory found by meaning: every entry gets a vector in the background, and a question is compared with all of them."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from triforce_daemon.children.embedder import MODEL, Embedder
from triforce_daemon.errors import ProviderUnavailable, StorageFailed
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_vectors import MemoryVectorStore
from triforce_daemon.wire.memory import VectorState

log = logging.getLogger(__name__)

#: Texts that are turned into vectors together; whoever searches meanwhile waits for so many.
_BATCH = 8
_AFTER_FAILURE_SECONDS = 60.0


class MemoryVectors:
    def __init__(self, database: Database, embedder: Embedder, clock: Clock) -> None:
        self._store = MemoryVectorStore(database, MODEL)
        self._embedder = embedder
        self._clock = clock
        self._something_new = asyncio.Event()
        self._something_new.set()

    @property
    def available(self) -> bool:
        return self._embedder.missing is None

    def tell(self) -> None:
        """There is something new in memory."""
        self._something_new.set()

    async def fill(self) -> None:
        """Give everything its vector, for ever; where there is no model, return at once."""
        while self.available:
            await self._something_new.wait()
            self._something_new.clear()
            try:
                await self.fill_once()
            except (ProviderUnavailable, StorageFailed) as error:
                log.warning("entries of memory wait for their vectors", extra={"reason": error.message})
                self._something_new.set()
                await self._clock.sleep(_AFTER_FAILURE_SECONDS)

    async def fill_once(self) -> None:
        """Until there is nothing left. Raises ProviderUnavailable, StorageFailed."""
        while batch := await self._store.missing(self._clock.now_ms(), _BATCH):
            vectors = await self._embedder.passages([one.content for one in batch])
            await self._store.put([(one.row, vector) for one, vector in zip(batch, vectors, strict=True)])

    async def nearest(self, filter: MemoryFilter, text: str, limit: int) -> dict[int, float]:
        """The rows that mean most nearly what `text` means, with their likeness to it, the nearest first.

        Raises ProviderUnavailable, StorageFailed.
        """
        question = await self._embedder.query(text)
        rows = await self._store.all(filter)
        return await in_thread(nearest, rows, question, limit) if rows else {}

    async def state(self, filter: MemoryFilter, total: int) -> VectorState | None:
        """How many of somebody's `total` entries have their vector; None where there is no model."""
        if not self.available:
            return None
        ready = await self._store.count(filter)
        return VectorState(model=MODEL, ready=ready, missing=max(total - ready, 0))


def nearest(rows: Sequence[tuple[int, bytes]], question: bytes, limit: int) -> dict[int, float]:
    """Those whose vectors point most nearly where `question` does, with the cosine of the angle between."""
    import numpy

    vectors: Any = numpy.frombuffer(b"".join(vector for _, vector in rows), "<f2").reshape(len(rows), -1)
    # Without the library's threads, which would take the cores from whoever answers meanwhile.
    likeness = numpy.einsum("ij,j->i", vectors.astype("f4"), numpy.frombuffer(question, "<f2").astype("f4"))
    best = numpy.argsort(-likeness, kind="stable")[:limit]
    return {rows[at][0]: float(likeness[at]) for at in best}
