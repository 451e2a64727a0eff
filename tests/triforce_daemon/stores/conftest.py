"""A database of its own for each test, of each kind that there is."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.stores.databases import opened
from triforce_daemon.stores.database import Database


@pytest.fixture
def path(folder: str) -> str:
    return os.path.join(folder, "triforce.db")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    found = await opened(request, request.param)
    yield found
    await found.close()
