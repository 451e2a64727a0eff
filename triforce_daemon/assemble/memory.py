"""What keeps memory: entries, their vectors, and how both are searched, carried away and forgotten."""

from collections.abc import Sequence

from triforce_daemon.assemble.ground import Ground
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_forgetting import Forgetting
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.memory_stats import MemoryCounts
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.services.memory_undo import MemoryUndo
from triforce_daemon.services.memory_vectors import MemoryVectors


def memory(ground: Ground) -> Sequence[object]:
    """What has no vector yet begins to get one; what is too old begins to be forgotten."""
    database, clock = ground.database, ground.clock
    vectors = MemoryVectors(database, ground.world.embedder, clock)
    memories = Memories(database, clock, vectors.tell)
    transfer = MemoryTransfer(database, clock, vectors.tell)
    forgetting = Forgetting(database, memories, clock, ground.settings.memory.keep_days)
    ground.tasks.start(vectors.fill(), "vectors of memory")
    ground.tasks.start(forgetting.forget_old(), "old memory")
    return (
        *(memories, MemorySearch(database, memories, vectors, clock), MemoryCounts(database, vectors, clock)),
        *(transfer, forgetting, MemoryUndo(database, clock, vectors.tell)),
    )
