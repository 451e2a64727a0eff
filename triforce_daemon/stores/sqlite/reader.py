"""Reads from SQLite in threads of its own: a long search holds up neither the loop nor who reads beside it."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import URL, Dialect, Executable, create_engine

from triforce_daemon.errors import StorageFailed
from triforce_daemon.runtime.threads import in_thread
from triforce_daemon.stores.database import Found

#: So many read at the same time; whoever comes then waits for the first of them to end. Each keeps a megabyte.
AT_ONCE = 8


class Reader:
    """Owns the connections that change nothing; as many are open as were needed at the same time."""

    def __init__(self, path: str, busy_seconds: float) -> None:
        address = URL.create("sqlite+pysqlite", database=path)
        # A connection for each thread, so that no thread waits for one.
        self._engine = create_engine(
            address, connect_args={"timeout": busy_seconds}, pool_size=AT_ONCE, max_overflow=0, pool_use_lifo=True
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, "reader")
        self._closed = False

    @property
    def dialect(self) -> Dialect:
        return self._engine.dialect

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Found:
        """All rows of a SELECT; it sees all that was committed before. Raises StorageFailed once it is closed."""
        if self._closed:
            raise StorageFailed("The database is closed; nothing was read.", "The daemon is stopping.")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._execute, statement, parameters)

    async def close(self) -> None:
        """Returns when what is being read has been read."""
        self._closed = True
        await in_thread(self._threads.shutdown)
        self._engine.dispose()

    def _execute(self, statement: Executable, parameters: Mapping[str, Any] | None) -> Found:
        # It is this thread that gives the connection back, also when whoever asked was cancelled meanwhile.
        with self._engine.connect() as connection:
            return connection.execute(statement, parameters).freeze()()
