"""Memory searched by words, with no more of it ranked than can be ranked at once: FTS5, or what PostgreSQL has."""

from collections.abc import Sequence

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.memory_filter import MemoryFilter
from triforce_daemon.stores.postgresql import memory_search as in_postgresql
from triforce_daemon.stores.sqlite import memory_search as in_sqlite


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
            kind = in_postgresql if connection.dialect.name == "postgresql" else in_sqlite
            found = await kind.find(connection, filter, words, limit)
        return dict(list(found.items())[:limit])
