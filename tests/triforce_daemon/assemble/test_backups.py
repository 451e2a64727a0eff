"""Backups go where the settings say, and nobody's tools look there."""

import os
from types import SimpleNamespace
from typing import Any

from tests.triforce_daemon.served_daemon import serve
from tests.triforce_daemon.services.backups.test_backups import made
from triforce_daemon.assemble.backups import _database  # pyright: ignore[reportPrivateUsage]
from triforce_daemon.runtime.tasks import Tasks
from triforce_daemon.services.backups.pieces import PostgresqlDump, SqliteFile
from triforce_daemon.settings import Settings


async def test_a_folder_of_ones_own_is_used_and_hidden_from_tools(folder: str) -> None:
    async with serve(folder, backup__folder=f"{folder}/elsewhere") as served:
        result = await made(served, "config")
        assert os.path.dirname(result["path"]) == f"{folder}/elsewhere"
        assert f"{folder}/elsewhere" in served.places.hidden.folders


def test_the_database_of_the_settings_is_the_one_that_is_copied() -> None:
    for url, kind in (("", SqliteFile), ("postgresql://anna:s3cret@localhost/db", PostgresqlDump)):
        settings = Settings.model_validate({"database": {"url": url}})
        ground: Any = SimpleNamespace(settings=settings, places=SimpleNamespace(database="db"), tasks=Tasks())
        assert isinstance(_database(ground), kind)
