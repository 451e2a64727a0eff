"""Memory searched by words, as PostgreSQL's text search knows them; `memories.words` comes from its migration."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import func, literal, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.postgresql.words import query_of
from triforce_daemon.stores.tables import memories

_words = cast(Any, literal_column("memories.words"))


async def ranked(
    connection: AsyncConnection, filter: MemoryFilter, words: Sequence[str], *, how: str, unfinished: bool, most: int
) -> dict[int, float]:
    """The rows that hold all of `words` (`how` is "&") or some ("|"), with their scores, of the newest `most` alone.

    `unfinished`: the last word may be the beginning of one.
    """
    query = await query_of(connection, words, how=how, unfinished=unfinished)
    if query is None:
        return {}
    asked = func.to_tsquery("simple", literal(query))
    newest = (
        select(memories.c.row, func.ts_rank(_words, asked).label("score"))
        .where(_words.op("@@")(asked), *filter.conditions())
        .order_by(memories.c.row.desc())
        .limit(most)
        .subquery()
    )
    found = await connection.execute(select(newest).order_by(newest.c.score.desc(), newest.c.row.desc()))
    return {row.row: row.score for row in found}
