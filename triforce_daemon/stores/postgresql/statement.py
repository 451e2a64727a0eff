"""A statement in PostgreSQL's words, with its values in the order in which they are sent."""

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

from triforce_daemon.stores.database import Write


class Statement:
    def __init__(self, statement: Executable) -> None:
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect())
        assert isinstance(compiled, SQLCompiler)
        self._sql = str(compiled)
        constants = {name: value for name, value in (compiled.params or {}).items() if value is not None}
        self._values: dict[str, object] = {name: constants.get(name) for name in compiled.positiontup or ()}

    def __call__(self, **values: object) -> Write:
        kept = {name: legible(value) for name, value in values.items()}
        # In this order: a name that is there keeps its place.
        return Write(self._sql, {**self._values, **kept})


def legible(value: object) -> object:
    """PostgreSQL's text holds no zero byte: its picture stands for it."""
    return value.replace("\0", "\N{SYMBOL FOR NULL}") if isinstance(value, str) and "\0" in value else value
