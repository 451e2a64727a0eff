"""A database of its own for each test, and rows to put into it."""

import os
from collections.abc import AsyncIterator

import pytest

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sqlite.database import SqliteDatabase


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "triforce.db")


@pytest.fixture
async def database(path: str) -> AsyncIterator[Database]:
    opened = SqliteDatabase(path, "normal", busy_seconds=5)
    await opened.open()
    yield opened
    await opened.close()
