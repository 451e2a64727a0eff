"""A statement in PostgreSQL's words, with its values in the order in which they are sent."""

from collections.abc import Callable
from functools import cached_property

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from triforce_daemon.stores.database import Sequel, Write


class Statement:
    """Built and compiled when it is first called, and once."""

    def __init__(self, build: Callable[[], Executable], sequel: Sequel | None = None) -> None:
        self._build = build
        self._sequel = sequel

    def __call__(self, **values: object) -> Write:
        sql, constants = self._compiled
        kept = {name: legible(value) for name, value in values.items()}
        # In this order: a name that is there keeps its place.
        return Write(sql, {**constants, **kept}, self._sequel)

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, object]]:
        """Its text, and all names in their order, with the values that are always the same."""
        statement = self._build()
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect())
        assert isinstance(compiled, SQLCompiler)
        constants = {name: value for name, value in (compiled.params or {}).items() if value is not None}
        return str(compiled), {name: constants.get(name) for name in compiled.positiontup or ()}


def legible(value: object) -> object:
    """PostgreSQL's text holds no zero byte: its picture stands for it."""
    return value.replace("\0", "\N{SYMBOL FOR NULL}") if isinstance(value, str) and "\0" in value else value
