"""What the caller's account keeps: facts, decisions, code, summaries, context and todos, with their versions."""

from typing import Annotated, Any, cast

from pydantic import Field
from typing_extensions import TypedDict

from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_forgetting import Forgetting
from triforce_daemon.services.memory_search import MemorySearch
from triforce_daemon.services.memory_stats import MemoryCounts
from triforce_daemon.toolbox.call import ToolCall
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.wire.memory import (
    Importance,
    Memory,
    MemoryDetail,
    MemoryType,
    SearchMode,
    TagMode,
    Verdict,
)

#: Who can undo what these tools change: `services/memory_undo`, by the change's id.
UNDONE_BY = "memory"

Share = Annotated[float, Field(ge=0, le=1)]


class Stored(TypedDict):
    id: str
    version: int
    expires_at: str | None
    """null: never."""
    duplicate_of: str | None
    """The entry that said so already: it is not kept twice, and has a new version where something about it is new."""


@tool(
    tier="free",
    effect="write",
    formerly=("memory_add",),
    keywords=("remember", "keep", "note", "save", "learn", "merken", "speichern", "notieren", "behalten", "Gedächtnis"),
)
async def memory_store(
    content: Annotated[str, "what is to be remembered, so that it can be understood by itself"],
    type: Annotated[MemoryType, "what it is"] = "fact",
    tags: Annotated[list[str] | None, "words by which it is found again"] = None,
    confidence: Annotated[Share, "how sure it is"] = 0.8,
    ttl_seconds: Annotated[int | None, "how long it lives; without: for good", Field(ge=1)] = None,
    project: Annotated[str | None, "what it belongs to"] = None,
    importance: Annotated[Importance, "how much it matters"] = "medium",
    *,
    memories: Memories,
    call: ToolCall,
) -> Stored:
    """Remember a fact, decision, piece of code, summary, context or todo.

    What says the same as an entry that is there already is not kept twice.
    """
    about = _given(content=content, type=type, tags=tags, confidence=confidence, ttl_seconds=ttl_seconds)
    about |= _given(project=project, importance=importance)
    stored = await memories.store(call.caller, about)
    if stored["change"] is not None:
        call.changed(UNDONE_BY, stored["change"], f"remembered {stored['id']}")
    return Stored(
        id=stored["id"],
        version=stored["version"],
        expires_at=stored["expires"],
        duplicate_of=stored["duplicate_of"],
    )


class Hit(TypedDict):
    id: str
    content: str
    score: float | None
    """Beside the others of this answer; null: nothing was asked."""
    confidence: float
    type: MemoryType
    tags: list[str]
    version: int
    created_at: str


class Hits(TypedDict):
    results: list[Hit]
    count: int
    remark: str | None
    """Why it was not searched as it was asked for."""


@tool(
    tier="free",
    effect="read",
    scope="memory",
    formerly=("memory_recall",),
    keywords=(
        "recall",
        "remembered",
        "known",
        "look up",
        "find",
        "erinnern",
        "gemerkt",
        "Gedächtnis durchsuchen",
        "suchen",
        "finden",
    ),
)
async def memory_search(
    query: Annotated[str, "words, or a question; empty: the newest entries"],
    type: Annotated[MemoryType | None, "only of this type"] = None,
    tags: Annotated[list[str] | None, "only what has these tags"] = None,
    tag_mode: Annotated[TagMode, "whether all of the tags have to be there"] = "all",
    project: Annotated[str | None, "only what belongs to it"] = None,
    min_confidence: Annotated[Share, "as sure as that at least"] = 0,
    max_age_hours: Annotated[int | None, "only what is no older", Field(ge=1)] = None,
    limit: Annotated[int, "how many at most", Field(ge=1, le=1_000)] = 20,
    mode: Annotated[SearchMode, "by words, by meaning, or by both as far as that is possible"] = "hybrid",
    *,
    search: MemorySearch,
    call: ToolCall,
) -> Hits:
    """Find what was remembered, by words or by meaning, the best first."""
    asked = _given(query=query, type=type, tags=tags, tag_mode=tag_mode, project=project, limit=limit, mode=mode)
    asked |= _given(min_confidence=min_confidence, max_age_hours=max_age_hours)
    found = await search.find(call.caller, asked)
    hits = [
        Hit(
            id=one["id"],
            content=one["content"],
            score=one["score"],
            confidence=one["confidence"],
            type=one["type"],
            tags=one["tags"],
            version=one["version"],
            created_at=one["created"],
        )
        for one in found["items"]
    ]
    return Hits(results=hits, count=len(hits), remark=found["remark"])


@tool(
    tier="free",
    effect="read",
    scope="memory",
    idempotent=True,
    keywords=("entry", "details", "validations", "confidence", "Eintrag", "zeigen", "anzeigen", "lesen", "Gedächtnis"),
)
async def memory_get(
    id: Annotated[str, "an entry's id, or its beginning"], *, memories: Memories, call: ToolCall
) -> MemoryDetail:
    """Show an entry of memory with its confidence, and with what was said of it."""
    return await memories.show(call.caller, id)


class Updated(TypedDict):
    id: str
    """Of the new version."""
    version: int
    previous_id: str


@tool(
    tier="free",
    effect="write",
    keywords=("change", "correct", "edit", "update", "ändern", "korrigieren", "berichtigen", "aktualisieren"),
)
async def memory_update(
    id: Annotated[str, "the entry's latest version"],
    content: Annotated[str | None, "what it says now"] = None,
    confidence: Annotated[Share | None, "how sure it is now"] = None,
    tags: Annotated[list[str] | None, "these tags instead"] = None,
    importance: Annotated[Importance | None, "how much it matters now"] = None,
    *,
    memories: Memories,
    call: ToolCall,
) -> Updated:
    """Make a new version of an entry of memory; the earlier ones are kept."""
    change = _given(content=content, confidence=confidence, tags=tags, importance=importance)
    made = await memories.change(call.caller, id, change)
    call.changed(UNDONE_BY, made["change"], f"version {made['version']} of {made['previous_id']}")
    return Updated(id=made["id"], version=made["version"], previous_id=made["previous_id"] or "")


class Versions(TypedDict):
    versions: list[Memory]
    """The oldest first."""


@tool(
    tier="free",
    effect="read",
    scope="memory",
    idempotent=True,
    keywords=("versions", "earlier", "past", "Verlauf", "Versionen", "früher", "Geschichte", "Änderungen"),
)
async def memory_history(
    id: Annotated[str, "any version of the entry"], *, memories: Memories, call: ToolCall
) -> Versions:
    """List every version of an entry of memory, the oldest first."""
    return Versions(versions=(await memories.history(call.caller, id))["items"])


class Validated(TypedDict):
    confidence: float
    validated_by: list[str]
    """Everybody who confirms it."""


@tool(
    tier="free",
    effect="write",
    keywords=("confirm", "reject", "verify", "true", "wrong", "bestätigen", "ablehnen", "prüfen", "stimmt", "falsch"),
)
async def memory_validate(
    id: Annotated[str, "the entry"],
    verdict: Annotated[Verdict, "whether it is right"],
    by: Annotated[str | None, "who says so; without: the caller"] = None,
    reason: Annotated[str | None, "why"] = None,
    *,
    memories: Memories,
    call: ToolCall,
) -> Validated:
    """Confirm or reject an entry of memory, which moves its confidence."""
    said = await memories.validate(call.caller, id, _given(verdict=verdict, by=by, reason=reason))
    call.changed(UNDONE_BY, said["change"], f"said {verdict} of {said['id']}")
    return Validated(confidence=said["confidence"], validated_by=said["validated_by"])


class Cleared(TypedDict):
    matched: int
    deleted: int


@tool(
    tier="pro",
    effect="destroy",
    keywords=("forget", "delete", "remove", "clean up", "vergessen", "Gedächtnis löschen", "aufräumen", "entfernen"),
)
async def memory_clear(
    ids: Annotated[list[str] | None, "these entries"] = None,
    type: Annotated[MemoryType | None, "those of this type"] = None,
    tags: Annotated[list[str] | None, "those that have all of these tags"] = None,
    older_than_days: Annotated[int | None, "those that are older", Field(ge=0, le=36_500)] = None,
    project: Annotated[str | None, "those that belong to it"] = None,
    dry_run: Annotated[bool, "only tell how many it would be"] = True,
    *,
    forgetting: Forgetting,
    call: ToolCall,
) -> Cleared:
    """Forget the entries of memory that fit all that is given.

    For a while they can be brought back.
    """
    asked = _given(ids=ids, type=type, tags=tags, older_than_days=older_than_days, project=project, dry_run=dry_run)
    cleared = await forgetting.clear(call.caller, asked)
    if cleared["change"] is not None:
        call.changed(UNDONE_BY, cleared["change"], f"forgot {cleared['deleted']} entries")
    return Cleared(matched=cleared["matched"], deleted=cleared["deleted"])


class Stats(TypedDict):
    total: int
    by_type: dict[str, int]
    by_project: dict[str, int]
    """Those of no project stand under the empty name."""
    avg_confidence: float | None
    expired: int
    bytes: int


@tool(
    tier="free",
    effect="read",
    scope="memory",
    keywords=("how many", "count", "size", "statistics", "wie viel", "Anzahl", "Statistik", "Größe", "Gedächtnis"),
)
async def memory_stats(
    project: Annotated[str | None, "only of this one"] = None, *, counts: MemoryCounts, call: ToolCall
) -> Stats:
    """Tell how much is remembered, of what kind, and how sure it is."""
    found = await counts.stats(call.caller, project)
    return cast(Stats, {name: value for name, value in found.items() if name in Stats.__annotations__})


def _given(**arguments: Any) -> Any:
    """Those that were given, as part of a request."""
    return {name: value for name, value in arguments.items() if value is not None}
