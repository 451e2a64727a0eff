"""Invitations as rows: taken once, while they are good."""

import pytest

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.invitations import InvitationRow, InvitationStore

ONE: InvitationRow = {"id": "i1", "digest": "d1", "tier": "pro", "created": 1, "expires": 100, "used": None}


@pytest.fixture
def store(database: Database) -> InvitationStore:
    return InvitationStore(database)


async def test_one_is_taken_once_and_may_be_given_back(store: InvitationStore) -> None:
    await store.insert(ONE)
    assert await store.take("d1", 99) == "pro"
    assert await store.take("d1", 99) is None
    assert (await store.all())[0]["used"] == 99
    await store.give_back("d1")
    assert await store.all() == [ONE]
    assert await store.take("d1", 100) is None
    assert await store.take("d2", 1) is None


async def test_one_is_deleted(store: InvitationStore) -> None:
    await store.insert(ONE)
    assert [await store.delete("i1"), await store.delete("i1")] == [True, False]
    assert await store.all() == []
