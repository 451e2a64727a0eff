"""What SQLite complains about becomes an error with what to do about it."""

import sqlite3

import pytest
import sqlalchemy.exc

from triforce_daemon.stores.sqlite.failures import storage_failed


@pytest.mark.parametrize(
    ("complaint", "advice"),
    [
        ("database or disk is full", "Free some disk space"),
        ("attempt to write a readonly database", "owner and mode"),
        ("unable to open database file", "owner and mode"),
        ("database is locked", "Another program"),
        ("disk I/O error", "Look at the disk"),
        ("database disk image is malformed", "restore a backup"),
        ("something new", "log"),
    ],
)
def test_every_complaint_has_advice(complaint: str, advice: str) -> None:
    for error in (
        sqlite3.OperationalError(complaint),
        sqlalchemy.exc.OperationalError("SELECT secret", None, sqlite3.OperationalError(complaint)),
    ):
        failure = storage_failed("The database could not be read", error)
        assert failure.message == f"The database could not be read ({complaint})."
        assert advice in str(failure.hint)
        assert failure.status == 507
