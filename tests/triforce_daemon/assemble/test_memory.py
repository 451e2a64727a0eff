"""Memory as it is built: each of its parts there once, for routes and tools alike."""

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_forgetting import Forgetting
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.memory_stats import MemoryCounts
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.services.memory_undo import MemoryUndo


async def test_its_parts_are_there(served: ServedDaemon) -> None:
    for part in (Memories, MemorySearch, MemoryCounts, MemoryTransfer, Forgetting, MemoryUndo):
        assert part in served.parts


async def test_what_is_kept_is_found(served: ServedDaemon) -> None:
    _, stored = await served.post("/v1/memory", {"content": "kept"})
    assert (await served.get(f"/v1/memory/{stored['id']}"))[1]["content"] == "kept"
    _, found = await served.post("/v1/memory/search", {"query": "kept"})
    assert [hit["id"] for hit in found["items"]] == [stored["id"]]
