"""What PostgreSQL complains about becomes an error with what to do about it."""

import asyncpg
import pytest

from triforce_daemon.errors import InvalidRequest, StorageFailed
from triforce_daemon.stores.database import RowRefused
from triforce_daemon.stores.postgresql.failures import blamed, storage_failed


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (asyncpg.InvalidPasswordError("no"), "the password"),
        (asyncpg.InvalidCatalogNameError("no"), "createdb"),
        (asyncpg.InsufficientPrivilegeError("no"), "rights"),
        (asyncpg.DiskFullError("no"), "disk space"),
        (asyncpg.TooManyConnectionsError("no"), "connections"),
        (asyncpg.ReadOnlySQLTransactionError("no"), "takes no writes"),
        (asyncpg.CannotConnectNowError("no"), "starts"),
        (ConnectionRefusedError("no"), "Start PostgreSQL"),
        (TimeoutError(), "Start PostgreSQL"),
        (asyncpg.DataCorruptedError("no"), "log"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_complaint_has_advice(error: Exception, advice: str) -> None:
    failure = storage_failed("The database could not be read", error)
    assert failure.message.startswith("The database could not be read (")
    assert advice in str(failure.hint)


def test_whose_fault_it_is() -> None:
    assert isinstance(blamed(asyncpg.UniqueViolationError("twice")), RowRefused)
    assert isinstance(blamed(asyncpg.UndefinedTableError("none")), StorageFailed)
    half = asyncpg.exceptions.DataError("half")
    half.__cause__ = UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no")
    assert isinstance(blamed(half), InvalidRequest)
