"""Rows of tokens: what goes in comes out."""

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.tokens import TokenRow, TokenStore

LIMITED = TokenRow(
    id="t2",
    name="limited",
    digest="ab",
    scopes=["inference", "read"],
    models=["groq/*", "ü"],
    boundary="own-nodes",
    created=2,
    expires=9,
    last_used=None,
    revoked=None,
    user=None,
    requests_per_minute=30,
    spend="5/day",
)
PLAIN = TokenRow(
    id="t1",
    name="plain",
    digest="cd",
    scopes=["sessions"],
    models=[],
    boundary="any",
    created=1,
    expires=None,
    last_used=None,
    revoked=None,
    user=None,
    requests_per_minute=None,
    spend=None,
)


async def test_what_was_kept_comes_back_the_oldest_first(database: Database) -> None:
    store = TokenStore(database)
    assert await store.all() == []
    await store.insert(LIMITED)
    await store.insert(PLAIN)
    assert await store.all() == [PLAIN, LIMITED]


async def test_use_and_revocation_are_noted_for_the_right_one(database: Database) -> None:
    store = TokenStore(database)
    await store.insert(PLAIN)
    await store.insert(LIMITED)
    await store.used({})
    await store.used({"t1": 5, "t2": 6})
    await store.revoke("t2", 7)
    assert await store.all() == [{**PLAIN, "last_used": 5}, {**LIMITED, "last_used": 6, "revoked": 7}]
