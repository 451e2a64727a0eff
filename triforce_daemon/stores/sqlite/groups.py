"""A connection that changes the database: several jobs in one commit, each of them wholly or not at all."""

import contextlib
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.stores.database import RowRefused, Rows, Sequel, Write, too_large

#: The writes of one caller.
Job = Sequence[Write]
#: What a job comes to: the rows of each of its statements, or what is wrong with it.
Outcome = list[Rows] | Exception

#: What only the job itself is to blame for; the others of its group are written.
_OWN_FAULTS = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeError,
)


class Groups:
    def __init__(self, path: str, synchronous: str, busy_seconds: float, checkpoint_pages: int) -> None:
        """`checkpoint_pages`: a commit that makes the log so long copies it into the database. Raises sqlite3.Error."""
        self._connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
        self._sequels: set[Sequel] = set()
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute(f"PRAGMA synchronous={synchronous}")
            self._connection.execute(f"PRAGMA wal_autocheckpoint={checkpoint_pages}")
            self._connection.execute("PRAGMA foreign_keys=ON")
        except BaseException:
            self.close()
            raise

    def commit(self, jobs: Collection[Job]) -> list[Outcome]:
        """On disk when this returns. Raises sqlite3.Error where nothing was written, of no job."""
        try:
            return self._commit(self._rows, jobs)
        except _OWN_FAULTS:
            # Which is rare: to keep the jobs apart costs each of them as much as a row.
            return self._commit(self._alone, jobs)

    def close(self) -> None:
        self._connection.close()

    def _commit(self, apply: Callable[[Job], Outcome], jobs: Collection[Job]) -> list[Outcome]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            outcomes = [apply(job) for job in jobs]
            connection.execute("COMMIT")
        except BaseException:
            # SQLite has often rolled back by itself; where even that fails, the next BEGIN says so.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            self._lose_places()
            raise
        return outcomes

    def _rows(self, job: Job) -> list[Rows]:
        execute = self._connection.execute
        return [
            execute(write.sql, write.values if write.sequel is None else self._bound(write, write.sequel)).fetchall()
            for write in job
        ]

    def _bound(self, write: Write, sequel: Sequel) -> Mapping[str, object]:
        """The values with what the row before this one adds to them."""
        self._sequels.add(sequel)
        if sequel.lost:
            sequel.resume(self._connection.execute(sequel.query.sql, sequel.query.values).fetchall())
        return sequel.bind(write.values)

    def _lose_places(self) -> None:
        """What rows stood behind may be undone."""
        for sequel in self._sequels:
            sequel.lose()

    def _alone(self, job: Job) -> Outcome:
        """The rows, or the fault that the job alone is to blame for; then its statements are undone."""
        self._connection.execute("SAVEPOINT job")
        outcome: Outcome
        try:
            outcome = self._rows(job)
        except _OWN_FAULTS as error:
            self._connection.execute("ROLLBACK TO job")
            self._lose_places()
            outcome = _blamed(error)
        self._connection.execute("RELEASE job")
        return outcome


def _blamed(error: Exception) -> Exception:
    """What the job hears that made a mistake."""
    if isinstance(error, sqlite3.IntegrityError):
        return RowRefused(str(error))
    if isinstance(error, UnicodeError):
        return InvalidRequest(f"The text cannot be kept: it holds half a character ({error}).", "Send valid Unicode.")
    return too_large() if isinstance(error, OverflowError) else error
