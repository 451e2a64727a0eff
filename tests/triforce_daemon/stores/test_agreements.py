"""Agreements: whoever comes first says what holds, until it is said anew."""

from triforce_daemon.stores.agreements import AgreementStore
from triforce_daemon.stores.database import Database


async def test_who_comes_first_says_what_holds(database: Database) -> None:
    store = AgreementStore(database)
    assert await store.reach("key", "a") == "a"
    assert await store.reach("key", "b") == "a"
    assert await store.reach("other", "b") == "b"
    assert await store.reach("key", "b", anew=True) == "b"
    assert await store.reach("key", "a") == "b"
