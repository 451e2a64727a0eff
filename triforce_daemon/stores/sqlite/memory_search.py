"""Memory searched by words, as FTS5 knows them; `memories_text` comes from its migration."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Boolean, ColumnElement, column, func, literal, literal_column, select, table, union_all

from triforce_daemon.stores import memory_words
from triforce_daemon.stores.database import Reading
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.tables import memories

#: What stands in so many rows tells few of them apart, and to weigh it takes a look at each.
MANY = 10_000
#: Of a question the rarest words are looked for.
MOST_TELLING = 8

_text = table("memories_text", column("rowid"), column("memories_text"))
#: The plus keeps SQLite from asking the index once for each row (https://sqlite.org/optoverview.html, 2).
_each_row: ColumnElement[int] = literal_column("+memories_text.rowid")
#: How much a word weighs in the content, the tags and the project; type and owner only narrow what is looked at.
_score: ColumnElement[float] = literal_column("-bm25(memories_text, 1.0, 1.0, 0.5, 0.0, 0.0)")


async def find(connection: Reading, filter: MemoryFilter, words: Sequence[str], limit: int) -> dict[int, float]:
    """The rows that hold all of `words`, then those that hold some of them, each with its score."""
    plain, narrowing = [_phrase(word) for word in words if any(map(str.isalnum, word))], _narrowing(filter)
    phrases = _unfinished(words) if len(words) <= memory_words.MOST_ASKED_FOR else []
    numbers = await _counted(connection, list(dict.fromkeys([*narrowing, *phrases, *plain])))
    search = _Search(connection, filter, [one for one in narrowing if numbers[one] < MANY], numbers)
    found = await search.all_of(phrases, limit) if phrases else {}
    if len(found) < limit and len(words) > 1:
        some = await search.any_of(plain, limit)
        found |= {row: score for row, score in some.items() if row not in found}
    return found


class _Search:
    """Looks among what fits the filter; `narrowing` are words of the index that all of that has.

    `numbers`: how many rows each phrase fits.
    """

    def __init__(
        self,
        connection: Reading,
        filter: MemoryFilter,
        narrowing: Sequence[str],
        numbers: Mapping[str, int],
    ) -> None:
        self._connection = connection
        self._conditions = filter.conditions()
        if filter.since is not None:
            # What came later stands later: the index begins there.
            later = (memories.c.owner == filter.owner) & (memories.c.created >= filter.since)
            first = select(func.min(memories.c.row)).where(later).scalar_subquery()
            self._conditions.append(_text.c.rowid >= first)
        self._narrowing = narrowing
        self._numbers = numbers

    async def all_of(self, phrases: Sequence[str], limit: int) -> dict[int, float]:
        """What is rare of it weighs; where nothing is, the newest come first."""
        rare = [one for one in phrases if self._numbers[one] < MANY]
        every = self._matches(" ".join(phrases))
        if not rare:
            return await self._ranked(literal(0.0), every, limit)
        weighed = self._matches(" ".join(rare))
        if len(rare) < len(phrases):
            weighed &= _each_row.in_(select(_text.c.rowid).where(every))
        return await self._ranked(_score, weighed, limit)

    async def any_of(self, phrases: Sequence[str], limit: int) -> dict[int, float]:
        """What stands in too many entries to tell them apart is looked for where there is nothing else."""
        there = sorted((one for one in phrases if self._numbers[one]), key=self._numbers.__getitem__)
        telling = [one for one in there if self._numbers[one] < MANY][:MOST_TELLING] or there
        return await self._ranked(_score, self._matches(" OR ".join(telling)), limit) if telling else {}

    def _matches(self, expression: str) -> ColumnElement[bool]:
        return _matching(" AND ".join([*self._narrowing, f"{{content tags project}} : ({expression})"]))

    async def _ranked(self, score: ColumnElement[float], found: ColumnElement[bool], limit: int) -> dict[int, float]:
        newest = (
            select(_text.c.rowid.label("row"), score.label("score"))
            .select_from(_text.join(memories, memories.c.row == _text.c.rowid))
            .where(found, *self._conditions)
            .order_by(_text.c.rowid.desc())
            .limit(memory_words.MOST_RANKED)
            .subquery()
        )
        query = select(newest).order_by(newest.c.score.desc(), newest.c.row.desc()).limit(limit)
        return {row.row: row.score for row in await self._connection.execute(query)}


async def _counted(connection: Reading, expressions: list[str]) -> dict[str, int]:
    """How many rows each of them fits. Nobody counts further than to many."""
    if not expressions:
        return {}
    some = [select(literal(1)).select_from(_text).where(_matching(one)).limit(MANY).subquery() for one in expressions]
    counts = [
        select(literal(at).label("at"), select(func.count()).select_from(rows).scalar_subquery().label("number"))
        for at, rows in enumerate(some)
    ]
    return {expressions[row.at]: row.number for row in await connection.execute(union_all(*counts))}


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


def _unfinished(words: Sequence[str]) -> list[str]:
    """The words as phrases; the last one may go on."""
    *others, last = map(_phrase, words)
    return [*others, f"{last}*" if memory_words.may_go_on(words) else last]


def _matching(expression: str) -> ColumnElement[bool]:
    return _text.c.memories_text.op("MATCH", return_type=Boolean())(expression)


def _phrase(word: str) -> str:
    """A word as an FTS5 string: what a person types is never query syntax."""
    # SQLite would take a zero byte for the end of the query; half a character cannot be sent to it at all.
    clean = word.replace("\0", " ").encode(errors="replace").decode()
    return '"' + clean.replace('"', '""') + '"'
