"""Memory searched by words, as PostgreSQL's text search knows them; `memories.words` comes from its migration."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import func, literal, literal_column, select

from triforce_daemon.stores import memory_words
from triforce_daemon.stores.database import Reading
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.postgresql.words import query_of
from triforce_daemon.stores.tables import memories

_words = cast(Any, literal_column("memories.words"))


async def find(connection: Reading, filter: MemoryFilter, words: Sequence[str], limit: int) -> dict[int, float]:
    """The rows that hold all of `words`, then those that hold some of them, each with its score."""
    found: dict[int, float] = {}
    if len(words) <= memory_words.MOST_ASKED_FOR:
        found = await _ranked(connection, filter, words, how="&", unfinished=memory_words.may_go_on(words))
    if len(found) < limit and len(words) > 1:
        some = await _ranked(connection, filter, words, how="|", unfinished=False)
        found |= {row: score for row, score in some.items() if row not in found}
    return found


async def _ranked(
    connection: Reading, filter: MemoryFilter, words: Sequence[str], *, how: str, unfinished: bool
) -> dict[int, float]:
    """The rows that hold all of `words` (`how` is "&") or some ("|"), with their scores, of the newest alone."""
    query = await query_of(connection, words, how=how, unfinished=unfinished)
    if query is None:
        return {}
    asked = func.to_tsquery("simple", literal(query))
    newest = (
        select(memories.c.row, func.ts_rank(_words, asked).label("score"))
        .where(_words.op("@@")(asked), *filter.conditions())
        .order_by(memories.c.row.desc())
        .limit(memory_words.MOST_RANKED)
        .subquery()
    )
    found = await connection.execute(select(newest).order_by(newest.c.score.desc(), newest.c.row.desc()))
    return {row.row: row.score for row in found}
