"""A chain for each test."""

import pytest

from tests.triforce_daemon.stores.audit.chains import House
from triforce_daemon.stores.database import Database


@pytest.fixture
def house(database: Database) -> House:
    return House(database)
