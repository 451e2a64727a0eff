"""Databases of each kind, with today's tables and nothing in them."""

import os

import pytest

from tests.postgresql import Postgresql
from triforce_daemon.stores.database import Database, Write
from triforce_daemon.stores.postgresql.address import Address
from triforce_daemon.stores.postgresql.database import PostgresqlDatabase
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.tables import metadata


async def opened(request: pytest.FixtureRequest, kind: str) -> Database:
    """A file of its own, or the PostgreSQL that all tests share."""
    if kind == "sqlite":
        path = os.path.join(request.getfixturevalue("folder"), "triforce.db")
        file = SqliteDatabase(path, "normal", busy_seconds=5)
        await file.open()
        return file
    database = postgresql_database(request.getfixturevalue("server"), request.getfixturevalue("template"))
    await database.open()
    # Of what the test before has left; to copy a database takes ten times as long.
    tables = ", ".join(f'"{table.name}"' for table in metadata.tables.values())
    await database.write(Write(f"TRUNCATE {tables} RESTART IDENTITY", {}))
    return database


def postgresql_database(server: Postgresql, name: str, patience: float = 5) -> PostgresqlDatabase:
    return PostgresqlDatabase(Address.of(server.url(name)), patience)
