"""A database of its own for each test, and rows to put into it."""

import os
from collections.abc import AsyncIterator

import pytest

from triforce_daemon.stores.database import Database


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "triforce.db")


@pytest.fixture
async def database(path: str) -> AsyncIterator[Database]:
    opened = Database(path, "normal", busy_seconds=5)
    opened.open()
    yield opened
    await opened.close()
