"""What became of keys, kept from one start to the next."""

import pytest

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.keys import KeyHistoryStore, KeyId, KeyRow, KeyTestRow

WORK = KeyId(provider="groq", origin="vault", name="work")
HOME = KeyId(provider="groq", origin="vault", name="home")
REJECTED = KeyTestRow(tested=5, state="key-rejected", status=401, reason="Invalid key.")
OK = KeyTestRow(tested=9, state="ok", status=200, reason=None)
NOTHING = {"last_used": None, "tested": None, "state": None, "status": None, "reason": None}


@pytest.fixture
def history(database: Database) -> KeyHistoryStore:
    return KeyHistoryStore(database)


async def row(history: KeyHistoryStore, key: KeyId) -> KeyRow:
    return next(row for row in await history.all() if row["name"] == key["name"])


async def test_use_and_test_do_not_undo_each_other(history: KeyHistoryStore) -> None:
    await history.used([(WORK, 3), (HOME, 4)])
    await history.tested([(WORK, REJECTED)])
    await history.used([(WORK, 7)])
    assert await row(history, WORK) == {**WORK, **REJECTED, "last_used": 7}
    assert await row(history, HOME) == {**HOME, **NOTHING, "last_used": 4}


async def test_the_last_test_counts(history: KeyHistoryStore) -> None:
    await history.tested([(WORK, REJECTED)])
    await history.tested([(WORK, OK)])
    assert await row(history, WORK) == {**WORK, **OK, "last_used": None}


async def test_a_key_is_forgotten(history: KeyHistoryStore) -> None:
    await history.used([(WORK, 3), (HOME, 4)])
    await history.forget(WORK)
    assert [row["name"] for row in await history.all()] == ["home"]


async def test_nothing_to_write_is_no_commit(history: KeyHistoryStore) -> None:
    await history.used([])
    await history.tested([])
    assert await history.all() == []
