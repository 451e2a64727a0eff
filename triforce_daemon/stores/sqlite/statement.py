"""A statement in SQLite's words."""

from collections.abc import Callable
from functools import cached_property

from sqlalchemy import Executable
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.sql import ClauseElement

from triforce_daemon.stores.database import Sequel, Write


class Statement:
    """Called with its values it becomes a `Write`.

    It is built and compiled when it is first called, and once: of nearly two hundred most are not needed for long.
    """

    def __init__(self, build: Callable[[], Executable], sequel: Sequel | None = None) -> None:
        self._build = build
        self._sequel = sequel

    def __call__(self, **values: object) -> Write:
        sql, constants = self._compiled
        return Write(sql, constants | values if constants else values, self._sequel)

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, object]]:
        """Its text, and the values that are always the same."""
        statement = self._build()
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=sqlite_dialect(paramstyle="named"))
        return str(compiled), {name: value for name, value in (compiled.params or {}).items() if value is not None}
