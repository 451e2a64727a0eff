"""Rows by the beginning of an id, whatever somebody takes for one."""

import pytest
from sqlalchemy import select

from tests.triforce_daemon.stores.test_jobs import row
from triforce_daemon.stores.database import Database
from triforce_daemon.stores.jobs import JobStore
from triforce_daemon.stores.selection import begins
from triforce_daemon.stores.tables import jobs


@pytest.mark.parametrize(("prefix", "found"), [("a", 1), ("", 1), ("%", 0), ("_", 0), ("/", 0), ("a" * 70_000, 0)])
async def test_no_beginning_is_more_than_the_database_takes(database: Database, prefix: str, found: int) -> None:
    await JobStore(database).insert(row("ab"))
    async with database.read() as connection:
        rows = (await connection.execute(select(jobs.c.id).where(begins(jobs.c.id, prefix)))).all()
    assert len(rows) == found
