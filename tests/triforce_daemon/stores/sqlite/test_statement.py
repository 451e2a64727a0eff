"""A statement is built and compiled once, when it is needed, and takes its values again and again."""

import sqlite3

from sqlalchemy import Column, Insert, Integer, MetaData, Table, Text, bindparam, insert, update

from triforce_daemon.stores.audit.chain import Chain
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.sqlite.statement import Statement

TABLE = Table("notes", MetaData(), Column("id", Integer, primary_key=True), Column("word", Text))


def test_prepared_statements_take_their_values_and_keep_their_constants() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT)")
    add = Statement(lambda: insert(TABLE))
    mark = Statement(lambda: update(TABLE).where(TABLE.c.id == bindparam("at")).values(word="marked"))
    for write in (add(id=1, word="a"), add(id=2, word="b"), mark(at=2)):
        connection.execute(write.sql, dict(write.values))
    assert connection.execute("SELECT * FROM notes ORDER BY id").fetchall() == [(1, "a"), (2, "marked")]
    connection.close()
    assert mark(at=2).values == {"word": "marked", "at": 2}


def test_it_is_built_when_it_is_first_called_and_once() -> None:
    built: list[Insert] = []

    def build() -> Insert:
        built.append(insert(TABLE))
        return built[-1]

    add = Statement(build)
    assert built == []
    add(id=1, word="a"), add(id=2, word="b")
    assert len(built) == 1


def test_what_stands_behind_the_row_before_it_says_so_in_every_write() -> None:
    chain = Chain("c", SqliteDatabase("nowhere", "normal", 1))
    assert Statement(lambda: insert(TABLE), chain)(id=1, word="a").sequel is chain
    assert Statement(lambda: insert(TABLE))(id=1, word="a").sequel is None
