"""The database that the settings name."""

from collections.abc import Callable

from triforce_daemon.assemble.places import Places
from triforce_daemon.configuration.password_file import password_in
from triforce_daemon.settings import Settings
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.sqlite.database import SqliteDatabase


def storage(settings: Settings, places: Places, keep_secret: Callable[[str], None]) -> Database:
    """Not open yet. Raises ConfigurationInvalid where its password cannot be read."""
    told = settings.database
    if not told.url:
        return SqliteDatabase(places.database, told.durability, told.busy_seconds)
    # asyncpg: whoever keeps to SQLite does without.
    from triforce_daemon.stores.postgresql.address import Address
    from triforce_daemon.stores.postgresql.database import PostgresqlDatabase

    address = Address.of(told.url, password_in(told.password_file, "database.password_file"))
    if address.password is not None:
        keep_secret(address.password)
    return PostgresqlDatabase(address, told.busy_seconds)
