"""Accounts, log-ins and invitations as rows, also from a database of before there were any."""

import pytest

from triforce_daemon.stores.database import Database, RowRefused
from triforce_daemon.stores.users import NO_LIMITS, UserRow, UserStore

ANNA: UserRow = {
    "id": "a1", "name": "anna", "password": "$argon2id$x", "tier": "pro", "tier_expires": 9, "role": "admin",
    "disabled": None, "created": 1, "grants": "", "requests_per_minute": 0, "parallel": 7, "tokens_per_day": None,
    "spend": "5/day", "models": ["groq/*", "ü"],
}  # fmt: skip
BEN: UserRow = {
    **ANNA, "id": "b1", "name": "ben", "password": None, "tier_expires": None, "disabled": 3, "created": 2, **NO_LIMITS,
}  # fmt: skip


async def test_what_was_kept_comes_back(database: Database) -> None:
    store = UserStore(database)
    await store.insert(BEN)
    await store.insert(ANNA)
    assert await store.all() == [ANNA, BEN]
    assert (await store.named("ben"), await store.named("Ben")) == (BEN, None)
    with pytest.raises(RowRefused):
        await store.insert({**ANNA, "id": "c1"})


async def test_a_change_writes_what_it_names_also_nothing(database: Database) -> None:
    store = UserStore(database)
    await store.insert(ANNA)
    await store.insert(BEN)
    await store.change("a1", {"tier_expires": None, "password": None, "models": []})
    await store.change("a1", {})
    assert await store.all() == [{**ANNA, "tier_expires": None, "password": None, "models": []}, BEN]
    await database.write(store.delete("a1"))
    assert await store.all() == [BEN]
