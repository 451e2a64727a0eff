"""The tables: made at the first start, the same as declared, and never made in a database that is not ours."""

import contextlib
import functools
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import alembic.autogenerate
import alembic.migration
import pytest
import sqlalchemy

from tests.triforce_daemon.disks import filled, small_disk
from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores.revisions import REVISIONS
from triforce_daemon.stores.sqlite import schema
from triforce_daemon.stores.tables import metadata


def names(path: str) -> set[str]:
    connection = sqlite3.connect(path)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE sql IS NOT NULL")}
    finally:
        connection.close()


def fingerprint(folder: str) -> dict[str, str]:
    """What every file holds, but for the memory that readers share."""
    files = [path for path in Path(folder).iterdir() if not path.name.endswith("-shm")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def refused(path: str) -> StorageFailed:
    """The refusal; nothing in the folder has changed."""
    before = fingerprint(os.path.dirname(path))
    with pytest.raises(StorageFailed) as raised:
        schema.prepare(path, busy_seconds=0.2)
    assert path in raised.value.message
    assert raised.value.hint
    assert fingerprint(os.path.dirname(path)) == before
    return raised.value


@pytest.mark.parametrize("already", ["nothing", "an empty file", "an empty database"])
def test_a_new_database_gets_all_tables(path: str, already: str) -> None:
    if already == "an empty file":
        Path(path).touch()
    if already == "an empty database":
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("VACUUM")
        connection.close()
    schema.prepare(path, busy_seconds=1)
    assert {*metadata.tables, "alembic_version", "turns_text", "memories_text"} <= names(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(REVISIONS[-1],)]
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    if already != "an empty database":
        assert connection.execute("PRAGMA page_size").fetchone() == (2_048,)
    connection.close()


def test_a_new_database_is_what_all_migrations_come_to(folder: str) -> None:
    """Also where nobody has run `make docs` after a migration."""

    def made_by(make: Callable[[str, float], None], name: str) -> list[tuple[object, ...]]:
        make(f"{folder}/{name}", 1)
        with contextlib.closing(sqlite3.connect(f"{folder}/{name}")) as connection:
            everything = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
            rows = [(*row, " ".join((sql or "").split())) for *row, sql in connection.execute(everything)]
            return [*rows, *connection.execute("SELECT * FROM alembic_version").fetchall()]

    assert made_by(schema.prepare, "new") == made_by(schema.migrate, "migrated")


def test_the_migrations_make_what_is_declared(path: str) -> None:
    schema.migrate(path, busy_seconds=1)
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")

    def ours(object: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and str(name).startswith(("turns_text", "memories_text")))

    with engine.connect() as connection:
        context = alembic.migration.MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": True, "compare_server_default": True}
        )
        assert alembic.autogenerate.compare_metadata(context, metadata) == []
        # What Alembic does not compare on SQLite.
        found = sqlalchemy.inspect(connection)
        for name, table in metadata.tables.items():
            keys = {tuple(key["constrained_columns"]): cast(Any, key) for key in found.get_foreign_keys(name)}
            for key in table.foreign_key_constraints:
                assert keys[tuple(key.column_keys)]["options"] == {"ondelete": key.ondelete}
            unique = [one["column_names"] for one in found.get_unique_constraints(name)]
            declared = [one for one in table.constraints if isinstance(one, sqlalchemy.UniqueConstraint)]
            assert sorted(unique) == sorted(list(one.columns.keys()) for one in declared)
    engine.dispose()


def test_an_up_to_date_database_starts_without_alembic(path: str) -> None:
    schema.prepare(path, busy_seconds=1)
    before = fingerprint(os.path.dirname(path))
    code = (
        "import sys; from triforce_daemon.stores.sqlite import database, schema\n"
        "schema.prepare(sys.argv[1], 1)\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('alembic', 'mako')])"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert fingerprint(os.path.dirname(path)) == before


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "after a crash"])
def test_a_newer_version_is_refused_and_not_touched(path: str, closed: bool) -> None:
    schema.prepare(path, busy_seconds=1)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    if closed:
        connection.close()
    failure = refused(path)
    assert "newer version" in failure.message
    assert "9999" in failure.message
    connection.close()


def test_what_is_no_database_is_refused_and_not_touched(path: str) -> None:
    for content in (b"no database at all\n" * 99, b"[log]\n", b"SQLite format 3\0" + b"\xff" * 9_000):
        Path(path).write_bytes(content)
        refused(path)


def test_another_programs_database_is_refused_and_not_touched(path: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    assert "another program" in refused(path).message


def test_an_old_database_is_not_migrated_while_another_program_holds_it(path: str) -> None:
    Path(path).touch()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    begin = time.perf_counter()
    with pytest.raises(StorageFailed) as raised:
        schema.prepare(path, busy_seconds=0.2)
    assert time.perf_counter() - begin < 3
    assert "locked" in raised.value.message
    assert "Another program" in str(raised.value.hint)
    holder.close()
    schema.prepare(path, busy_seconds=0.2)


def test_a_disk_that_fills_up_on_the_way_leaves_nothing_half_made() -> None:
    with small_disk() as folder:
        path = os.path.join(folder, "triforce.db")
        Path(path).write_bytes(b"")
        with filled(folder), pytest.raises(StorageFailed):
            schema.prepare(path, busy_seconds=0.2)
        schema.prepare(path, busy_seconds=0.2)
        assert set(metadata.tables) <= names(path)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_start_that_is_killed_on_the_way_is_done_again(path: str, in_full: bool) -> None:
    """Whenever it happens: there are all tables, or none."""
    code = (
        "import sys, os, alembic.command, sqlalchemy; from triforce_daemon.stores.sqlite import schema\n"
        "print(flush=True); schema.prepare(sys.argv[1], 1); print(flush=True)"
    )
    chance = random.Random(7)
    for _ in range(30 if in_full else 3):
        process = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.06))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if os.path.exists(path):
            assert not names(path) or {*metadata.tables, "alembic_version", "turns_text", "memories_text"} <= names(
                path
            )
        schema.prepare(path, busy_seconds=1)
        for left in Path(path).parent.iterdir():
            left.unlink()


@pytest.mark.parametrize("step", range(8))
def test_a_migration_that_fails_in_the_middle_leaves_no_tables(path: str, step: int) -> None:
    """As above, at every statement: SQLite itself refuses it, as it would on an error of the disk."""
    statements = 0

    def authorise(action: int, *_: object) -> int:
        nonlocal statements
        if action == sqlite3.SQLITE_CREATE_TABLE or action == sqlite3.SQLITE_CREATE_TRIGGER:
            statements += 1
            if statements > step:
                return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    class Watched(sqlite3.Connection):
        def __init__(self, *words: Any, **more: Any) -> None:
            super().__init__(*words, **more)
            self.set_authorizer(authorise)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=Watched))
        with pytest.raises(StorageFailed):
            schema.prepare(path, busy_seconds=1)
    assert names(path) == set()
    schema.prepare(path, busy_seconds=1)
    assert set(metadata.tables) <= names(path)


def turn(connection: sqlite3.Connection, session: str, number: int, said: str, answer: str) -> None:
    connection.execute(
        "INSERT INTO turns (session, number, input, output, state, model, created) VALUES (?, ?, ?, ?, 'done', 'm', 0)",
        (session, number, said, answer),
    )


def found(connection: sqlite3.Connection, word: str) -> list[int]:
    query = "SELECT t.number FROM turns_text JOIN turns t ON t.row = turns_text.rowid WHERE turns_text MATCH ?"
    return sorted(number for (number,) in connection.execute(query, (word,)))


def test_the_index_follows_the_turns(path: str) -> None:
    schema.prepare(path, busy_seconds=1)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")

    def whole() -> None:
        connection.execute("INSERT INTO turns_text(turns_text, rank) VALUES ('integrity-check', 1)")

    for name in "ab":
        connection.execute("INSERT INTO sessions VALUES (?, 'anna', 't', 'm', NULL, 'chat', NULL, 0, 0)", (name,))
    for number in range(1, 6):
        turn(connection, "a", number, f"question{number} common", "answer common")
    turn(connection, "b", 9, "other", "Bücher über Café")
    whole()
    assert found(connection, "question3") == [3]
    assert found(connection, "common") == [1, 2, 3, 4, 5]
    connection.execute("UPDATE turns SET output = 'changed', state = 'done' WHERE number = 3")
    assert found(connection, "changed") == [3]
    assert found(connection, "answer") == [1, 2, 4, 5]
    connection.execute("UPDATE turns SET state = 'failed' WHERE number = 4")
    connection.execute("DELETE FROM turns WHERE number = 1")
    assert found(connection, "question1") == []
    whole()
    # The rows move together; the numbers that the index points at do not change.
    connection.execute("VACUUM")
    assert found(connection, "question5") == [5]
    whole()
    turn(connection, "a", 7, "after the vacuum", "")
    assert found(connection, "vacuum") == [7]
    connection.execute("DELETE FROM sessions WHERE id = 'a'")
    assert found(connection, "common") == found(connection, "vacuum") == []
    assert found(connection, "bucher") == found(connection, "cafe") == [9]
    whole()
    connection.close()
