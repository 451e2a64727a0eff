"""The tables: made at the first start, the same as declared, and never made in a database that cannot hold them."""

import asyncio

import alembic.autogenerate
import alembic.migration
import pytest
import sqlalchemy
from sqlalchemy import Connection

from tests.postgresql import Postgresql
from tests.triforce_daemon.stores import rows
from tests.triforce_daemon.stores.databases import postgresql_database
from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.postgresql.database import PostgresqlDatabase
from triforce_daemon.stores.revisions import REVISIONS
from triforce_daemon.stores.sessions import SessionStore
from triforce_daemon.stores.tables import metadata


async def looked(database: PostgresqlDatabase, look: object) -> None:
    async with database.read() as connection:
        await connection.run_sync(look)  # pyright: ignore


async def test_the_migrations_make_what_is_declared(server: Postgresql) -> None:
    database = postgresql_database(server, server.new_database())
    await database.open()

    def ours(_: object, name: str | None, kind: str, *__: object) -> bool:
        return name not in ("words", "turns_words", "memories_words")

    def compare(connection: Connection) -> None:
        context = alembic.migration.MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True, "compare_server_default": False}
        )
        assert alembic.autogenerate.compare_metadata(context, metadata) == []
        # A moment in ms is larger than 32 bits.
        found = sqlalchemy.inspect(connection)
        for table in metadata.tables:
            for column in found.get_columns(table):
                assert not isinstance(column["type"], sqlalchemy.INTEGER), (table, column["name"])
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISIONS[-1]

    await looked(database, compare)
    await database.close()


async def test_those_who_start_at_once_do_not_disturb_each_other(server: Postgresql) -> None:
    name = server.new_database()
    several = [postgresql_database(server, name) for _ in range(4)]
    await asyncio.gather(*(one.open() for one in several))
    for number, one in enumerate(several):
        await one.write(SessionStore(one).insert_session(**rows.session(str(number))))
    assert len(await SessionStore(several[0]).page("anna", limit=9)) == 4
    for one in several:
        await one.close()


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (
            "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('9999')",
            "newer version",
        ),
        ("CREATE TABLE users (name text)", "another program has a table users"),
        ("CREATE TABLE bookmarks (name text)", None),
    ],
)
async def test_what_is_there_already(server: Postgresql, before: str, told: str | None) -> None:
    name = server.new_database()
    server.say(before, name)
    database = postgresql_database(server, name)
    if told is None:
        await database.open()
        await database.close()
        return
    with pytest.raises(StorageFailed, match=told) as raised:
        await database.open()
    assert raised.value.hint
    assert "sessions" not in server.say(
        "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'public'", name
    )


async def test_text_of_another_encoding_is_refused(server: Postgresql) -> None:
    name = server.new_database()
    server.say(f"CREATE DATABASE {name}_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StorageFailed, match="LATIN1"):
        await postgresql_database(server, f"{name}_latin").open()


async def test_a_text_of_any_length_is_kept(server: Postgresql, template: str) -> None:
    """Though its words may take no more than a megabyte."""
    database = postgresql_database(server, server.new_database(template))
    await database.open()
    store = SessionStore(database)
    many = " ".join(f"𐐨{number:x}" for number in range(60_000))
    await database.write(
        store.insert_session(**rows.session("a")), store.insert_turn(**rows.turn("a", input=many, output=many))
    )
    [turn] = await store.turns("a")
    assert turn["input"] == many
    assert len(await store.search("anna", "𐐨1", 9)) == 1
    await database.close()
