"""What a person types, as a query of PostgreSQL's text search: never its syntax."""

from collections.abc import Sequence

from sqlalchemy import text

from triforce_daemon.stores.database import Reading

#: Longer words are not kept.
_LONGEST = 500
#: `said()` comes from the first migration. A word that people write with a dash in it is a phrase.
_QUERY = text("""
    SELECT string_agg(part, :how) FROM
        (SELECT '(' || CAST(phraseto_tsquery('simple', said(word)) AS text) || ')' AS part
         FROM unnest(CAST(:whole AS text[])) AS word
         UNION ALL SELECT '''' || said(word) || ''':*' FROM unnest(CAST(:unfinished AS text[])) AS word) AS parts
    WHERE part <> '()'
""")


async def query_of(connection: Reading, words: Sequence[str], *, how: str = "&", unfinished: bool = True) -> str | None:
    """What `to_tsquery` takes: of all of `words`, or with `how` "|" of any; None where they hold no letter.

    `unfinished`: the last one may be the beginning of a word.
    """
    # Half a character cannot be sent, nor a zero byte.
    plain = [word.replace("\0", " ").encode(errors="replace").decode()[:_LONGEST] for word in words]
    wanted = [word for word in plain if any(map(str.isalnum, word))]
    begun = wanted[-1:] if unfinished else []
    values = {"how": f" {how} ", "whole": wanted[: len(wanted) - len(begun)], "unfinished": begun}
    return (await connection.execute(_QUERY, values)).scalar()
