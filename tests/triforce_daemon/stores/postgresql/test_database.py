"""The database as a whole: how it is opened, what keeps it from that, and reading while it comes and goes."""

import asyncio
import socket

import pytest
from sqlalchemy import select, text

from tests.postgresql import PASSWORD, Postgresql
from tests.triforce_daemon.stores import rows
from tests.triforce_daemon.stores.databases import postgresql_database
from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.ledger import LedgerStore
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.postgresql.database import PostgresqlDatabase
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.tables import sessions


async def refused(url: str, password: str | None = None) -> StorageFailed:
    with pytest.raises(StorageFailed) as raised:
        await PostgresqlDatabase(Address.of(url, password), patience=1).open()
    assert raised.value.hint
    assert PASSWORD not in f"{raised.value.message} {raised.value.hint}"
    return raised.value


async def test_two_daemons_may_share_it(server: Postgresql, template: str) -> None:
    name = server.new_database(template)
    one, other = postgresql_database(server, name), postgresql_database(server, name)
    for database in (one, other):
        await database.open()
    await one.write(SessionStore(one).insert_session(**rows.session("a")))
    async with other.read() as connection:
        assert (await connection.execute(select(sessions.c.id))).scalars().all() == ["a"]
    for database in (one, other):
        await database.close()


async def test_a_reader_that_is_open_sees_no_half_commit(server: Postgresql, template: str) -> None:
    database = postgresql_database(server, server.new_database(template))
    await database.open()
    store, ledger = SessionStore(database), LedgerStore(database)
    counts = text("SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM ledger)")
    for number in range(20):
        write = asyncio.ensure_future(
            database.write(store.insert_session(**rows.session(str(number))), ledger.row(rows.entry(str(number))))
        )
        async with database.read() as connection:
            [(before, same)] = (await connection.execute(counts)).all()
        assert before == same
        await write
    await database.close()


async def test_its_name_holds_no_password(server: Postgresql) -> None:
    database = postgresql_database(server, "some")
    assert database.name == f"postgresql://tester@127.0.0.1:{server.port}/some"
    assert PASSWORD not in repr(vars(database))


async def test_what_keeps_it_from_opening_is_told(server: Postgresql) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert "Start PostgreSQL" in str((await refused(f"postgresql://tester:{PASSWORD}@127.0.0.1:{port}/x")).hint)
    assert "password" in str((await refused(server.url("postgres", "wrong"))).hint)
    assert "password" in str((await refused(f"postgresql://nobody@127.0.0.1:{server.port}/x")).hint)
    missing = await refused(server.url("missing"))
    assert "missing" in missing.message and "createdb" in str(missing.hint)
    assert "Check" in str((await refused(server.url("postgres") + "?sslmode=nonsense")).hint)


async def test_a_password_may_come_from_elsewhere(server: Postgresql, template: str) -> None:
    name = server.new_database(template)
    url = server.url(name).replace(f":{PASSWORD}", "")
    database = PostgresqlDatabase(Address.of(url, PASSWORD), patience=5)
    await database.open()
    await database.close()


async def test_one_who_may_not_make_tables_is_told(server: Postgresql) -> None:
    name = server.new_database()
    server.say(
        "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'p'; REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        name,
    )
    failure = await refused(f"postgresql://guest:p@127.0.0.1:{server.port}/{name}")
    assert "permission denied" in failure.message and "rights" in str(failure.hint)


async def test_reading_says_that_it_is_away_and_goes_on_when_it_is_back(frail: Postgresql) -> None:
    database = postgresql_database(frail, frail.new_database(), patience=1)
    await database.open()
    store = SessionStore(database)
    assert await store.page("anna", limit=9) == []
    frail.stop()
    with pytest.raises(StorageFailed, match="could not be read") as raised:
        await store.page("anna", limit=9)
    assert "finds it again by itself" in str(raised.value.hint)
    frail.start()
    assert await store.page("anna", limit=9) == []
    await database.close()


async def test_what_is_looked_for_may_hold_anything(server: Postgresql, template: str) -> None:
    database = postgresql_database(server, server.new_database(template))
    await database.open()
    store = SessionStore(database)
    await database.write(store.insert_session(**rows.session("a\0b")))
    assert await store.ids("anna", "a\0", most=3) == ["a␀b"]
    await database.close()
