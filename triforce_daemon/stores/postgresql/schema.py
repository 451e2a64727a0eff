"""Brings a database to today's tables at start; refuses, untouched, one that cannot hold them."""

from sqlalchemy import Connection, inspect, text

from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.revisions import is_newest, upgrade
from triforce_daemon.stores.tables import metadata

#: So many daemons may start at once: one of them brings the tables up to date, the others wait for it.
_LOCK = 0x7472_6966_6F72_6365
_OLDEST = 13


def prepare(connection: Connection, name: str) -> None:
    """Create or migrate the tables, within the connection's transaction. Raises StorageFailed."""
    if not is_newest(_revision(connection, name), name):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        # Meanwhile another daemon may have done it.
        if not is_newest(_revision(connection, name), name):
            _refuse_unfit(connection, name)
            upgrade(connection)


def _revision(connection: Connection, name: str) -> str | None:
    """The revision of the tables; None where there are none yet."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    foreign = tables & metadata.tables.keys()
    if foreign:
        raise StorageFailed(
            f"{name} is not a triforce database: another program has a table {min(foreign)} there.",
            "Make a database of its own with `createdb`, and name that in database.url.",
        )
    return None


def _refuse_unfit(connection: Connection, name: str) -> None:
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
    if version < _OLDEST:
        raise StorageFailed(f"{name} is PostgreSQL {version}.", f"triforce needs {_OLDEST} or newer.")
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StorageFailed(f"{name} keeps text as {encoding}.", "Make it anew with `createdb --encoding=UTF8`.")
