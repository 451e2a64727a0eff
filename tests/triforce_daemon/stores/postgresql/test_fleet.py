"""Daemons that share a PostgreSQL: who runs is known, and what one changes the others hear of."""

import asyncio
from collections.abc import AsyncIterator, Collection

import pytest
from sqlalchemy import bindparam, insert, update

from tests.postgresql import Postgresql
from tests.triforce_daemon.stores.databases import postgresql_database
from triforce_daemon.stores.postgresql.database import PostgresqlDatabase
from triforce_daemon.stores.tables import logins, tokens

ROW = {"id": "l1", "user": "a1", "refresh": "r", "created": 1, "used": 1, "expires": 9}
TOKEN = {
    "id": "t1", "name": "n", "digest": "d", "scopes": "[]", "models": "[]", "boundary": "any", "created": 1,
    "expires": None, "last_used": None, "revoked": None, "user": None,
}  # fmt: skip


class Ear:
    """Hears, and tells when it has."""

    def __init__(self) -> None:
        self.heard: list[Collection[str] | None] = []
        self._told = asyncio.Event()

    async def __call__(self, ids: Collection[str] | None) -> None:
        self.heard.append(None if ids is None else set(ids))
        self._told.set()

    async def next(self) -> Collection[str] | None:
        await asyncio.wait_for(self._told.wait(), 5)
        self._told.clear()
        return self.heard[-1]


@pytest.fixture
async def two(frail: Postgresql) -> AsyncIterator[tuple[PostgresqlDatabase, PostgresqlDatabase]]:
    name = frail.new_database()
    both = postgresql_database(frail, name), postgresql_database(frail, name)
    for one in both:
        await one.open()
    yield both
    for one in both:
        await one.close()


Two = tuple[PostgresqlDatabase, PostgresqlDatabase]


async def others(database: PostgresqlDatabase) -> list[int]:
    async with database.read() as connection:
        return list((await connection.execute(database.fleet.others())).scalars())


async def test_who_runs_is_known_and_who_has_ended_is_not(frail: Postgresql, two: Two) -> None:
    one, other = two
    assert await others(one) == [other.fleet.number]
    assert await others(other) == [one.fleet.number]
    name = other.name.rpartition("/")[2]
    third = postgresql_database(frail, name)
    await third.open()
    assert sorted(await others(one)) == sorted([other.fleet.number, third.fleet.number])
    await third.close()
    assert await others(one) == [other.fleet.number]


async def test_a_change_is_heard_by_all_at_its_commit(two: Two) -> None:
    one, other = two
    ears = [Ear(), Ear()]
    one.fleet.on_change("logins", ears[0])
    other.fleet.on_change("logins", ears[1])
    add = one.prepared(lambda: insert(logins))
    await one.write(add(**ROW), add(**{**ROW, "id": "l2"}))
    for ear in ears:
        assert await ear.next() == {"l1", "l2"}


async def test_that_a_token_was_used_is_no_news(two: Two) -> None:
    one, other = two
    ear = Ear()
    other.fleet.on_change("tokens", ear)
    await one.write(one.prepared(lambda: insert(tokens))(**TOKEN))
    assert await ear.next() == {"t1"}
    at = update(tokens).where(tokens.c.id == bindparam("at"))
    await one.write(one.prepared(lambda: at.values(last_used=bindparam("now")))(at="t1", now=7))
    await one.write(one.prepared(lambda: at.values(revoked=bindparam("now")))(at="t1", now=8))
    assert await ear.next() == {"t1"}
    assert len(ear.heard) == 2


async def test_who_was_away_reads_everything_anew(frail: Postgresql, two: Two) -> None:
    one, other = two
    ear = Ear()
    other.fleet.on_change("logins", ear)
    await asyncio.to_thread(frail.stop)
    await asyncio.to_thread(frail.start)
    assert await ear.next() is None
    await one.write(one.prepared(lambda: insert(logins))(**ROW))
    assert await ear.next() == {"l1"}
    assert await others(one) == [other.fleet.number]


async def test_a_connection_that_says_nothing_any_more_is_given_up(frail: Postgresql) -> None:
    database = postgresql_database(frail, frail.new_database(), patience=1)
    await database.open()
    ear = Ear()
    database.fleet.on_change("users", ear)
    frail.pause()
    await asyncio.sleep(2.5)
    frail.resume()
    assert await ear.next() is None
    await database.close()
