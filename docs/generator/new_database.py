"""The tables of a new SQLite database: what all migrations come to, as SQLite has written it down."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing

from triforce_daemon.stores.sqlite.schema import migrate

_HEAD = "-- What all migrations come to. Generated: `make docs` after each new one.\n"


def text() -> str:
    """The statements that make it, each closed by a semicolon at the end of its line."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/new.db"
        migrate(path, 1)
        with closing(sqlite3.connect(path)) as connection:
            return _HEAD + "".join(f"\n{statement};\n" for statement in _statements(connection))


def _statements(connection: sqlite3.Connection) -> Iterator[str]:
    made: list[tuple[str, str, str]] = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    ).fetchall()
    virtual = [name for _, name, sql in made if sql.startswith("CREATE VIRTUAL TABLE")]
    # A virtual table makes those in which it keeps its own; but a trigger may be called after one.
    kept = tuple(f"{name}_" for name in virtual)
    ours = [(kind, name, sql) for kind, name, sql in made if kind != "table" or not name.startswith(kept)]
    for _, _, sql in ours:
        yield "\n".join(line.rstrip() for line in sql.strip().splitlines())
    for kind, name, _ in ours:
        if kind != "table" or name in virtual:
            continue
        for row in connection.execute(f'SELECT * FROM "{name}"'):
            values = ", ".join(connection.execute("SELECT quote(?)", (value,)).fetchone()[0] for value in row)
            yield f"INSERT INTO {name} VALUES ({values})"
