"""Which database the settings name, and what is loaded for it."""

import os
import subprocess
import sys

import pytest

from triforce_daemon.assemble.places import Places
from triforce_daemon.assemble.storage import storage
from triforce_daemon.configuration import sources
from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.postgresql.database import PostgresqlDatabase
from triforce_daemon.stores.sqlite.database import SqliteDatabase

#: SQLAlchemy's asyncio brings its ORM along: 8 MiB of a daemon that does nothing.
HEAVY = {"sqlalchemy.ext.asyncio", "sqlalchemy.orm", "aiosqlite"}


def named(folder: str, secrets: list[str], **flags: str) -> Database:
    environ = {"HOME": folder}
    told = {name.replace("__", "."): value for name, value in flags.items()}
    configuration = sources.load(os.path.join(folder, "config.toml"), environ, told)
    return storage(configuration.settings, Places.of(configuration, environ), secrets.append)


def test_a_file_unless_the_settings_name_a_postgresql(folder: str) -> None:
    secrets: list[str] = []
    assert isinstance(named(folder, secrets), SqliteDatabase)
    database = named(folder, secrets, database__url="postgresql://anna:s3cret@db/tri")
    assert isinstance(database, PostgresqlDatabase)
    assert (database.name, secrets) == ("postgresql://anna@db/tri", ["s3cret"])


def test_its_password_may_stand_in_a_file(folder: str) -> None:
    secrets: list[str] = []
    path = os.path.join(folder, "password")
    flags = {"database__url": "postgresql://db/tri", "database__password_file": path}
    with pytest.raises(ConfigurationInvalid, match=path):
        named(folder, secrets, **flags)
    with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
        file.write("fr0m-a-file\n")
    named(folder, secrets, **flags)
    assert secrets == ["fr0m-a-file"]


@pytest.mark.parametrize(
    "url", ["mysql://db/tri", "postgresql://db", "postgresql://db/", "db/tri", "postgresql://anna:s3/cret@db/tri"]
)
def test_an_address_that_is_none_is_told_without_its_password(folder: str, url: str) -> None:
    with pytest.raises(ConfigurationInvalid, match=r"database\.url") as raised:
        named(folder, [], database__url=url)
    assert "cret" not in raised.value.message


def test_who_names_no_other_server_does_not_load_what_it_needs() -> None:
    code = "import sys; from triforce_daemon.assemble import daemon; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"asyncpg", "sqlalchemy.dialects.postgresql", "redis", "hiredis", *HEAVY}


def test_a_file_is_made_and_read_without_what_costs_memory(folder: str) -> None:
    code = """
import asyncio, sys
from sqlalchemy import text
from triforce_daemon.assemble import daemon
from triforce_daemon.stores.sqlite.database import SqliteDatabase

async def use(path):
    database = SqliteDatabase(path, "normal", 1)
    await database.open()
    async with database.read() as reading:
        await reading.execute(text("SELECT 1"))
    await database.close()

asyncio.run(use(sys.argv[1]))
print(*sys.modules)
"""
    command = [sys.executable, "-c", code, os.path.join(folder, "triforce.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & HEAVY
