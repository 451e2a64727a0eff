"""Log-ins as rows: those that are over are deleted."""

import pytest

from triforce_daemon.stores.database import Database
from triforce_daemon.stores.logins import LoginRow, LoginStore

ONE: LoginRow = {"id": "l1", "user": "a1", "refresh": "r1", "created": 1, "used": 1, "expires": 100}


@pytest.fixture
def store(database: Database) -> LoginStore:
    return LoginStore(database)


async def test_what_was_kept_comes_back_until_it_is_over(store: LoginStore) -> None:
    await store.insert(ONE)
    await store.insert({**ONE, "id": "l2", "created": 2, "expires": 50})
    assert [row["id"] for row in await store.all(49)] == ["l1", "l2"]
    assert await store.all(50) == [ONE]
    assert await store.all(0) == [ONE]


async def test_one_is_renewed_and_the_others_are_not(store: LoginStore) -> None:
    await store.insert(ONE)
    await store.insert({**ONE, "id": "l2", "created": 2})
    renewed: LoginRow = {**ONE, "refresh": "r2", "used": 7, "expires": 200}
    assert await store.renew(renewed, before="r1")
    assert not await store.renew({**renewed, "refresh": "r3"}, before="r1")
    assert await store.all(0) == [renewed, {**ONE, "id": "l2", "created": 2}]


async def test_some_are_ended(store: LoginStore) -> None:
    for id in ("l1", "l2", "l3"):
        await store.insert({**ONE, "id": id})
    await store.end("l1", "l3", "l9")
    await store.end()
    assert [row["id"] for row in await store.all(0)] == ["l2"]
