"""A statement in SQLite's words."""

from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.sql import ClauseElement

from triforce_daemon.stores.database import Write


class Statement:
    """Compiled once; called with its values it becomes a `Write`."""

    def __init__(self, statement: Executable) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=sqlite_dialect(paramstyle="named"))
        self._sql = str(compiled)
        self._constants = {name: value for name, value in (compiled.params or {}).items() if value is not None}

    def __call__(self, **values: object) -> Write:
        return Write(self._sql, self._constants | values if self._constants else values)
