"""Brings a database to today's tables at start; refuses, untouched, one that a newer version has written."""

import os
import sqlite3

from triforce_daemon.errors import StorageFailed

#: All revisions, oldest first. Known here so that an up-to-date database starts without loading Alembic.
REVISIONS = ("0001",)


def prepare(path: str, busy_seconds: float) -> None:
    """Create or migrate the database at `path`. Raises StorageFailed."""
    revision = _revision(path)
    if revision == REVISIONS[-1]:
        return
    if revision is not None and revision not in REVISIONS:
        raise StorageFailed(
            f"{path} was written by a newer version of triforce (schema {revision}; this one knows {REVISIONS[-1]}).",
            "Install that version, or name another file with the setting database.path. The file was not touched.",
        )
    _migrate(path, busy_seconds)


def _revision(path: str) -> str | None:
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return None
    connection = sqlite3.connect(f"file:{_escaped(path)}?mode=ro", uri=True)
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise StorageFailed(f"{path} cannot be read: {error}.", "Check the file's owner and mode.") from error
    except sqlite3.DatabaseError as error:
        raise StorageFailed(
            f"{path} is not a triforce database: {error}.", "Move it away, or name another with database.path."
        ) from error
    finally:
        connection.close()


def _migrate(path: str, busy_seconds: float) -> None:
    # Alembic takes 150 ms to import; only a new or an old database needs it.
    import alembic.command
    import alembic.config
    import sqlalchemy
    from sqlalchemy.exc import DBAPIError

    config = alembic.config.Config()
    config.set_main_option("script_location", os.path.join(os.path.dirname(__file__), "migrations"))
    engine = sqlalchemy.create_engine("sqlite://", creator=lambda: sqlite3.connect(path, timeout=busy_seconds))
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")
            connection.commit()
    except (DBAPIError, sqlite3.Error) as error:
        raise StorageFailed(
            f"{path} cannot be brought to this version's tables: {_cause(error)}.",
            "Check the folder's owner, mode and free room.",
        ) from error
    finally:
        engine.dispose()


def _cause(error: Exception) -> object:
    return getattr(error, "orig", None) or error


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
