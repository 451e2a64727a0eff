"""The revisions of the tables: which there are, which is refused, and how the others become the newest."""

import os
from typing import TYPE_CHECKING

from triforce_daemon.errors import StorageFailed

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: All revisions, oldest first. Known here so that an up-to-date database starts without loading Alembic.
REVISIONS = tuple(f"{number:04}" for number in range(1, 17))


def is_newest(revision: str | None, place: str) -> bool:
    """Whether nothing is to be done. Raises StorageFailed for what a newer version has written."""
    if revision is not None and revision not in REVISIONS:
        raise StorageFailed(
            f"{place} was written by a newer version of triforce (schema {revision}; this one knows {REVISIONS[-1]}).",
            "Install that version, or name another database in the settings. It was not touched.",
        )
    return revision == REVISIONS[-1]


def upgrade(connection: "Connection") -> None:
    """Bring the tables to the newest revision, within the connection's transaction."""
    # Alembic takes 150 ms to import; only a new or an old database needs it.
    import alembic.command
    import alembic.config

    config = alembic.config.Config()
    config.set_main_option("script_location", os.path.join(os.path.dirname(__file__), "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")
