"""Finds what was said in conversations: words as SQLite's FTS5 knows them."""

from sqlalchemy import text

from triforce_daemon.stores.database import Reading
from triforce_daemon.wire.sessions import SearchHit

_QUERY = text("""
    SELECT t.session, s.title, t.number AS turn, snippet(turns_text, -1, '«', '»', '…', 16) AS snippet
    FROM turns_text JOIN turns t ON t.row = turns_text.rowid JOIN sessions s ON s.id = t.session
    WHERE turns_text MATCH :words AND s.owner = :owner ORDER BY rank LIMIT :limit
""")


async def search(connection: Reading, owner: str, words: str, limit: int) -> list[SearchHit]:
    """Turns of `owner` that hold all of `words`, the best first."""
    rows = await connection.execute(_QUERY, {"words": _quoted(words), "owner": owner, "limit": limit})
    return [SearchHit(**row) for row in rows.mappings()]


def _quoted(words: str) -> str:
    """Each word as an FTS5 string: what a person types is never query syntax. The last one may be unfinished."""
    # SQLite would take a zero byte for the end of the query; half a character cannot be sent to it at all.
    clean = words.replace("\0", " ").encode(errors="replace").decode()
    quoted = ['"' + word.replace('"', '""') + '"' for word in clean.split()]
    return " ".join(quoted) + "*" if quoted else '""'
