"""A file of its own for each test."""

from collections.abc import AsyncIterator

import pytest

from triforce_daemon.stores.sqlite.database import SqliteDatabase


@pytest.fixture
async def database(path: str) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(path, "normal", busy_seconds=5)
    await opened.open()
    yield opened
    await opened.close()
