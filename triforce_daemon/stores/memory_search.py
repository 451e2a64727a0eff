"""Memory searched by words, with no more of it ranked than can be ranked at once: FTS5, or what PostgreSQL has."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, column, func, literal, literal_column, select, table, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.postgresql.memory_search import ranked
from triforce_daemon.stores.tables import memories

#: Ranking 100,000 entries that hold a word like `the` takes 100 ms; the newest of them are enough of such.
MOST_RANKED = 1_000
#: What stands in so many rows tells few of them apart: their rows are looked at, which is faster than the index.
MANY = 10_000
#: Whoever says more words than that asks a question: no entry needs to have all of them.
MOST_ASKED_FOR = 4
#: A word may be unfinished that has as many letters: shorter ones stand for half of all words.
SHORTEST_BEGINNING = 3

_text = table("memories_text", column("rowid"), column("memories_text"))
#: How much a word weighs in the content, the tags and the project; type and owner only narrow what is looked at.
_score: ColumnElement[float] = literal_column("-bm25(memories_text, 1.0, 1.0, 0.5, 0.0, 0.0)")


class MemorySearchStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, filter: MemoryFilter, words: Sequence[str], limit: int) -> dict[int, float]:
        """The rows that hold all of `words`, of which the last may be unfinished, each with its score, the best first.

        Then, where these are too few, those that hold some of them.
        """
        if not words:
            return {}
        async with self._database.read() as connection:
            if connection.dialect.name == "postgresql":
                return await _in_postgresql(connection, filter, words, limit)
            search = _Search(connection, filter, await _rare(connection, _narrowing(filter)))
            found = await search.ranked(_all_of(words), limit) if len(words) <= MOST_ASKED_FOR else {}
            if len(found) < limit and len(words) > 1:
                telling = [_phrase(word) for word in words if any(map(str.isalnum, word))]
                some = await _rare(connection, telling, least=1) or telling
                more = await search.ranked(" OR ".join(some), limit) if some else {}
                found |= {row: score for row, score in more.items() if row not in found}
        return dict(list(found.items())[:limit])


async def _in_postgresql(
    connection: AsyncConnection, filter: MemoryFilter, words: Sequence[str], limit: int
) -> dict[int, float]:
    unfinished = sum(map(str.isalnum, words[-1])) >= SHORTEST_BEGINNING
    found: dict[int, float] = {}
    if len(words) <= MOST_ASKED_FOR:
        found = await ranked(connection, filter, words, how="&", unfinished=unfinished, most=MOST_RANKED)
    if len(found) < limit and len(words) > 1:
        some = await ranked(connection, filter, words, how="|", unfinished=False, most=MOST_RANKED)
        found |= {row: score for row, score in some.items() if row not in found}
    return dict(list(found.items())[:limit])


class _Search:
    """Looks among what fits the filter; `narrowing` are words of the index that all of that has."""

    def __init__(self, connection: AsyncConnection, filter: MemoryFilter, narrowing: Sequence[str]) -> None:
        self._connection = connection
        self._conditions = filter.conditions()
        if filter.since is not None:
            # What came later stands later: the index begins there.
            later = (memories.c.owner == filter.owner) & (memories.c.created >= filter.since)
            first = select(func.min(memories.c.row)).where(later).scalar_subquery()
            self._conditions.append(_text.c.rowid >= first)
        self._narrowing = narrowing

    async def ranked(self, expression: str, limit: int) -> dict[int, float]:
        whole = " AND ".join([*self._narrowing, f"{{content tags project}} : ({expression})"])
        newest = (
            select(_text.c.rowid.label("row"), _score.label("score"))
            .select_from(_text.join(memories, memories.c.row == _text.c.rowid))
            .where(_matches(whole), *self._conditions)
            .order_by(_text.c.rowid.desc())
            .limit(MOST_RANKED)
            .subquery()
        )
        query = select(newest).order_by(newest.c.score.desc(), newest.c.row.desc()).limit(limit)
        return {row.row: row.score for row in await self._connection.execute(query)}


async def _rare(connection: AsyncConnection, expressions: list[str], least: int = 0) -> list[str]:
    """Those that fit few rows, but `least` of them. Nobody counts further than to many."""
    if not expressions:
        return []
    some = [select(literal(1)).select_from(_text).where(_matches(one)).limit(MANY).subquery() for one in expressions]
    counts = [
        select(literal(at).label("at"), select(func.count()).select_from(rows).scalar_subquery().label("number"))
        for at, rows in enumerate(some)
    ]
    found = await connection.execute(union_all(*counts))
    return [expressions[row.at] for row in found if least <= row.number < MANY]


def _narrowing(filter: MemoryFilter) -> list[str]:
    """What the index says of all rows that fit: faster than to look at each."""
    words = {"owner": filter.owner, "type": filter.type, "project": filter.project}
    narrow = [f"{name} : {_phrase(word)}" for name, word in words.items() if word is not None and _is_indexed(word)]
    if filter.tags and all(map(_is_indexed, filter.tags)):
        narrow.append(f"tags : ({(' OR ' if filter.any_tag else ' ').join(map(_phrase, filter.tags))})")
    return narrow


def _is_indexed(text: str) -> bool:
    """What has no letter in it is no word in the index either; then the row itself tells."""
    return any(letter.isalnum() and letter.isascii() for letter in text)


def _all_of(words: Sequence[str]) -> str:
    phrases = [_phrase(word) for word in words]
    if sum(map(str.isalnum, words[-1])) >= SHORTEST_BEGINNING:
        phrases[-1] += "*"
    return " ".join(phrases)


def _matches(expression: str) -> Any:
    return _text.c.memories_text.op("MATCH")(expression)


def _phrase(word: str) -> str:
    """A word as an FTS5 string: what a person types is never query syntax."""
    # SQLite would take a zero byte for the end of the query; half a character cannot be sent to it at all.
    clean = word.replace("\0", " ").encode(errors="replace").decode()
    return '"' + clean.replace('"', '""') + '"'
