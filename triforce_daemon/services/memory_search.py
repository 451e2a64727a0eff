"""Memory searched: by words, by meaning, or by both; and looked through without a question, the newest first."""

from collections.abc import Mapping
from typing import NamedTuple

from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import InvalidRequest, ProviderUnavailable
from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services import memory_entries as entries
from triforce_daemon.services.memory import Memories
from triforce_daemon.services.memory_entries import memory
from triforce_daemon.services.memory_vectors import MemoryVectors
from triforce_daemon.services.rankings import mixed
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory import MemoryStore
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.memory_search import MemorySearchStore
from triforce_daemon.wire.memory import MemoryFilter as AskedFor
from triforce_daemon.wire.memory import MemoryHit, MemoryQuery, MemoryResult, SearchMode

USUAL_LIMIT = 20
MOST_HITS = 1_000
#: A question as long as that says nothing more with the next word.
MOST_WORDS = 32
_HOUR_MS = 3_600_000
_MOST_HOURS = 1_000_000
#: How many of each kind of search are mixed.
_MIXED = 50


class _Found(NamedTuple):
    rows: Mapping[int, float]
    mode: SearchMode
    remark: str | None = None


class MemorySearch:
    def __init__(self, database: Database, memories: Memories, vectors: MemoryVectors, clock: Clock) -> None:
        self._store = MemoryStore(database)
        self._texts = MemorySearchStore(database)
        self._memories = memories
        self._vectors = vectors
        self._clock = clock

    async def find(self, caller: Caller, query: MemoryQuery) -> MemoryResult:
        """The caller's entries that answer `query`, the best first.

        Raises InvalidRequest, ProviderUnavailable where only meaning was asked for and there is no model.
        """
        limit, text = query.get("limit", USUAL_LIMIT), query.get("query", "").strip()
        if not 1 <= limit <= MOST_HITS:
            raise InvalidRequest(f"`limit` is {limit}.", f"It goes from 1 to {MOST_HITS}.")
        filter = filter_of(caller, query, self._clock.now_ms())
        if not text:
            return await self._newest(caller, filter, limit, query.get("after"))
        found = await self._search(filter, text, query.get("mode", "hybrid"), limit)
        rows = await self._store.numbered(list(found.rows))
        items = [MemoryHit(**memory(row), score=round(found.rows[row["row"]], 6)) for row in rows]
        return _result(items, found.mode, found.remark)

    async def _newest(self, caller: Caller, filter: MemoryFilter, limit: int, after: str | None) -> MemoryResult:
        last = await self._memories.find(caller, after) if after else None
        rows = await self._store.page(filter, limit + 1, last)
        items = [MemoryHit(**memory(row), score=None) for row in rows[:limit]]
        return _result(items, "text", None, items[-1]["id"] if len(rows) > limit else None)

    async def _search(self, filter: MemoryFilter, text: str, mode: SearchMode, limit: int) -> _Found:
        if mode == "vector":
            return _Found(await self._vectors.nearest(filter, text, limit), mode)
        words = list(dict.fromkeys(text.split()))
        remark = f"Only the first {MOST_WORDS} words were looked for." if len(words) > MOST_WORDS else None
        by_words = await self._texts.find(filter, words[:MOST_WORDS], max(limit, _MIXED))
        if mode == "text":
            return _Found(_first(by_words, limit), mode, remark)
        try:
            by_meaning = await self._vectors.nearest(filter, text, max(limit, _MIXED))
        except ProviderUnavailable as error:
            return _Found(_first(by_words, limit), "text", f"Searched by words alone. {error.message} {error.hint}")
        return _Found(_first(mixed(by_words, by_meaning), limit), mode, remark)


def filter_of(caller: Caller, asked: AskedFor, now: int) -> MemoryFilter:
    """Raises InvalidRequest."""
    hours = asked.get("max_age_hours")
    if hours is not None and not 0 < hours <= _MOST_HOURS:
        raise InvalidRequest(f"`max_age_hours` is {hours}.", f"It goes from 1 to {_MOST_HOURS}.")
    return MemoryFilter(
        owner=caller.account,
        now=now,
        type=asked.get("type"),
        tags=tuple(entries.tags_of(asked.get("tags") or ())),
        any_tag=asked.get("tag_mode") == "any",
        project=entries.project_of(asked.get("project")),
        min_confidence=entries.confidence_of(asked.get("min_confidence", 0)),
        since=None if hours is None else now - int(hours * _HOUR_MS),
    )


def _first(rows: Mapping[int, float], limit: int) -> dict[int, float]:
    return dict(list(rows.items())[:limit])


def _result(items: list[MemoryHit], mode: SearchMode, remark: str | None, more: str | None = None) -> MemoryResult:
    return MemoryResult(schema="triforce.memory.search/1", mode=mode, remark=remark, items=items, next=more)
