"""The database as stores know it: many readers, one writer that commits in groups. Its kinds have a room each."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, NamedTuple, Protocol

from sqlalchemy import Dialect, Executable, Result, Table

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.stores.fleet import Fleet
from triforce_daemon.wire.sessions import SearchHit

Rows = list[tuple[Any, ...]]
#: What a SELECT found: all of it is there.
Found = Result[*tuple[Any, ...]]
#: How it is, in words, and what to do about it.
Finding = tuple[Literal["ok", "warn", "fail"], str, str | None]


def too_large() -> InvalidRequest:
    """What somebody is told who sends a number of more than 64 bits."""
    return InvalidRequest("A number is too large to be kept or looked for.", "None has more than 18 digits.")


class RowRefused(Exception):
    """A row contradicts what is there: its key is taken, it lacks what it must have, or what it refers to is gone."""


class Sequel(Protocol):
    """What gives a row its place behind the row before it: only whoever writes knows which that is."""

    @property
    def lost(self) -> bool:
        """Whether the last row has to be looked up: at first, and after something was undone."""
        ...

    def lose(self) -> None: ...

    @property
    def query(self) -> "Write":
        """Finds the last row there is."""
        ...

    def resume(self, rows: Rows) -> None:
        """Go on behind what `query` found."""
        ...

    def bind(self, values: Mapping[str, object]) -> Mapping[str, object]:
        """The values with what the last row adds to them; this is the last row from now on."""
        ...


class Write(NamedTuple):
    """One statement with its values, ready for `Database.write`; those that `sequel` adds come when it is written."""

    sql: str
    values: Mapping[str, object]
    sequel: Sequel | None = None


class Prepared(Protocol):
    """A statement that is compiled once; called with its values it becomes a `Write`."""

    def __call__(self, **values: object) -> Write: ...


class Reading(Protocol):
    """Takes SELECT alone. It is what SQLAlchemy's AsyncConnection is for PostgreSQL."""

    @property
    def dialect(self) -> Dialect: ...

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Found:
        """All rows of a SELECT; it sees all that was committed before."""
        ...


class Database(Protocol):
    @property
    def name(self) -> str:
        """Where it is, as a person may see it: without a password."""
        ...

    @property
    def fleet(self) -> Fleet | None:
        """The daemons that share it; None where it is this one's alone."""
        ...

    async def open(self) -> None:
        """Create or migrate what is there, then take writes. Raises StorageFailed."""
        ...

    async def close(self) -> None:
        """Write what was handed in, then let go."""
        ...

    def prepared(self, build: Callable[[], Executable], sequel: Sequel | None = None) -> Prepared:
        """An INSERT, UPDATE or DELETE in this database's own words; it is built when it is first needed.

        `sequel` adds to its values when it is written.
        """
        ...

    def upsert(self, table: Table, keys: Sequence[str], columns: Sequence[str]) -> Prepared:
        """An INSERT of `keys` and `columns`; where a row has these keys already, its `columns` are set."""
        ...

    def read(self) -> AbstractAsyncContextManager[Reading]:
        """Until the end of the block one may read. What is wrong with that raises StorageFailed out of it."""
        ...

    async def write(self, *writes: Write) -> list[Rows]:
        """Commit all of it or nothing; the rows of each statement (RETURNING). When this returns, it is on disk.

        Raises StorageFailed, RowRefused, and InvalidRequest for text that is none.
        """
        ...

    async def search(self, owner: str, words: str, limit: int) -> list[SearchHit]:
        """Turns of `owner` that hold all of `words`, the best first, with «» around the words. Raises StorageFailed."""
        ...

    async def examine(self) -> Finding:
        """Look at it, whether or not it is open; nothing is changed."""
        ...
