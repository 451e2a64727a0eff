"""Finds what was said in conversations: words as PostgreSQL's text search knows them."""

from sqlalchemy import text

from triforce_daemon.stores.database import Reading
from triforce_daemon.stores.postgresql.snippet import snippet
from triforce_daemon.stores.postgresql.words import query_of
from triforce_daemon.wire.sessions import SearchHit

#: `turns.words` comes from the first migration.
_HITS = text("""
    SELECT t.session, s.title, t.number AS turn, t.input, t.output
    FROM turns t JOIN sessions s ON s.id = t.session, to_tsquery('simple', :query) AS asked
    WHERE t.words @@ asked AND s.owner = :owner
    ORDER BY ts_rank_cd(t.words, asked, 1) DESC, t.row DESC LIMIT :limit
""")


async def search(connection: Reading, owner: str, words: str, limit: int) -> list[SearchHit]:
    """Turns of `owner` that hold all of `words`, the best first; the last of them may be unfinished."""
    wanted = words.split()
    query = await query_of(connection, wanted)
    if query is None:
        return []
    rows = (await connection.execute(_HITS, {"query": query, "owner": owner, "limit": limit})).mappings()
    return [
        SearchHit(
            session=row["session"],
            title=row["title"],
            turn=row["turn"],
            snippet=snippet([row["input"], row["output"]], wanted),
        )
        for row in rows
    ]
