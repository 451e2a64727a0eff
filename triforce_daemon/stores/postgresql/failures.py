"""PostgreSQL's complaints: whose fault they are, and an error that says what to do."""

import asyncpg
from asyncpg.exceptions import (
    ClientConfigurationError,
    IntegrityConstraintViolationError,
    SyntaxOrAccessError,
    TransactionRollbackError,
)

from triforce_daemon.errors import InvalidRequest, StorageFailed
from triforce_daemon.stores.database import RowRefused, too_large

#: The connection is of no use any more, or there was none to be had.
LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
#: Others were in the way, or have changed the tables; the same once more, over another connection, may succeed.
COLLISIONS = (TransactionRollbackError, asyncpg.InvalidCachedStatementError)
#: What only the job itself is to blame for; the others of its group are written.
OWN_FAULTS = (IntegrityConstraintViolationError, asyncpg.DataError, SyntaxOrAccessError, asyncpg.InterfaceError)

#: Classes of SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html).
_HINTS = {
    "28": "Check the user and the password in database.url, or in database.password_file.",
    "3D": "Make it with `createdb`, or name another one in database.url.",
    "42": "Check what the user of database.url may do: it needs all rights on its own schema.",
    "53": "Free some disk space or some connections of PostgreSQL, then try again.",
    "25": "This PostgreSQL takes no writes: name the one in database.url that does.",
    "57": "PostgreSQL stops or starts; try again.",
}
_AWAY = "Start PostgreSQL, or check database.url; the daemon finds it again by itself."


def blamed(error: Exception) -> Exception:
    """What the job hears that made a mistake."""
    if isinstance(error, IntegrityConstraintViolationError):
        return RowRefused(str(error))
    if isinstance(error.__cause__, UnicodeError):
        cause = error.__cause__
        return InvalidRequest(f"The text cannot be kept: it holds half a character ({cause}).", "Send valid Unicode.")
    if isinstance(error, SyntaxOrAccessError):
        return storage_failed("The database could not be written", error)
    return too_large() if isinstance(error.__cause__, OverflowError) else error


def storage_failed(what: str, error: BaseException) -> StorageFailed:
    """`what` is what did not work, as a sentence without its end; `error` is asyncpg's or the system's."""
    state = getattr(error, "sqlstate", None) or ""
    cause = str(error) or type(error).__name__
    if isinstance(error, TimeoutError):
        cause = "PostgreSQL did not answer in time"
    return StorageFailed(f"{what} ({cause}).", _HINTS.get(state[:2]) or _hint(error))


def _hint(error: BaseException) -> str:
    if isinstance(error, ClientConfigurationError):
        return "Check database.url."
    return _AWAY if isinstance(error, (*LOST, asyncpg.InterfaceError)) else "See the daemon's log, and PostgreSQL's."
