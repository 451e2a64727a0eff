"""What the caller keeps in memory: added, searched, changed by new versions, judged, forgotten and brought back."""

from typing import Annotated

from fastapi import Depends, Query

from triforce_daemon.routes.parts import Needs, Who
from triforce_daemon.routes.policy import MEMORY
from triforce_daemon.routes.table import Routes
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_forgetting import Forgetting
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.memory_stats import MemoryCounts
from triforce_daemon.services.memory_transfer import MemoryTransfer
from triforce_daemon.services.memory_undo import MemoryUndo
from triforce_daemon.wire.memory import (
    ClearRequest,
    MemoryChange,
    MemoryChanged,
    MemoryCleared,
    MemoryDetail,
    MemoryExport,
    MemoryHistory,
    MemoryImport,
    MemoryImported,
    MemoryQuery,
    MemoryResult,
    MemoryStats,
    MemoryStored,
    MemoryUndone,
    MemoryValidated,
    NewMemory,
    ValidationRequest,
)

routes = Routes()

Kept = Annotated[Memories, Depends(Needs(Memories))]
Search = Annotated[MemorySearch, Depends(Needs(MemorySearch))]
Transfer = Annotated[MemoryTransfer, Depends(Needs(MemoryTransfer))]


@routes.post("/v1/memory", policy=MEMORY)
async def add_entry(new: NewMemory, memories: Kept, caller: Who) -> MemoryStored:
    """Keep an entry; what is there already is not kept twice."""
    return await memories.store(caller, new)


@routes.post("/v1/memory/search", policy=MEMORY)
async def search_memory(query: MemoryQuery, search: Search, caller: Who) -> MemoryResult:
    """Entries that answer a question, the best first; without one, the newest."""
    return await search.find(caller, query)


@routes.get("/v1/memory/stats", policy=MEMORY)
async def count_entries(
    counts: Annotated[MemoryCounts, Depends(Needs(MemoryCounts))], caller: Who, project: str | None = None
) -> MemoryStats:
    """How much there is, of what kind."""
    return await counts.stats(caller, project)


@routes.get("/v1/memory/export", policy=MEMORY)
async def export_entries(
    transfer: Transfer, caller: Who, limit: Annotated[int, Query(ge=1, le=200)] = 200, after: str | None = None
) -> MemoryExport:
    """Entries with all their versions, page by page."""
    return await transfer.export(caller.account, limit, after)


@routes.post("/v1/memory/import", policy=MEMORY)
async def import_entries(request: MemoryImport, transfer: Transfer, caller: Who) -> MemoryImported:
    """Add exported entries, under new ids."""
    return await transfer.bring_in(caller, request["entries"])


@routes.post("/v1/memory/forget", policy=MEMORY)
async def forget_entries(
    request: ClearRequest, forgetting: Annotated[Forgetting, Depends(Needs(Forgetting))], caller: Who
) -> MemoryCleared:
    """Forget what fits, or with `dry_run` say what that would be."""
    return await forgetting.clear(caller, request)


@routes.post("/v1/memory/changes/{change}/undo", policy=MEMORY)
async def undo_change(
    change: str, undo: Annotated[MemoryUndo, Depends(Needs(MemoryUndo))], caller: Who
) -> MemoryUndone:
    """Take a change back, as far as nothing was built upon it since."""
    return await undo.undo(caller, change)


@routes.get("/v1/memory/{entry}", policy=MEMORY)
async def show_entry(entry: str, memories: Kept, caller: Who) -> MemoryDetail:
    """One version, with what was said of it; a unique prefix of the id is enough."""
    return await memories.show(caller, entry)


@routes.patch("/v1/memory/{entry}", policy=MEMORY)
async def change_entry(entry: str, change: MemoryChange, memories: Kept, caller: Who) -> MemoryChanged:
    """Make a new version of an entry."""
    return await memories.change(caller, entry, change)


@routes.get("/v1/memory/{entry}/history", policy=MEMORY)
async def show_history(entry: str, memories: Kept, caller: Who) -> MemoryHistory:
    """Every version of an entry, the oldest first."""
    return await memories.history(caller, entry)


@routes.post("/v1/memory/{entry}/validations", policy=MEMORY)
async def validate_entry(entry: str, request: ValidationRequest, memories: Kept, caller: Who) -> MemoryValidated:
    """Confirm or reject an entry."""
    return await memories.validate(caller, entry, request)
