"""Several jobs share a commit, and each of them is written wholly or not at all."""

import sqlite3
from collections.abc import Iterator

import pytest

from triforce_daemon.stores.database import RowRefused, Write
from triforce_daemon.stores.sqlite.groups import Groups


def note(id: object) -> Write:
    return Write("INSERT INTO notes VALUES (:id) RETURNING id", {"id": id})


@pytest.fixture
def groups(path: str) -> Iterator[Groups]:
    opened = Groups(path, synchronous="NORMAL", busy_seconds=0, checkpoint_pages=0)
    opened.commit([[Write("CREATE TABLE notes (id INTEGER PRIMARY KEY)", {})]])
    yield opened
    opened.close()


def notes(path: str) -> list[int]:
    connection = sqlite3.connect(path)
    try:
        return [row[0] for row in connection.execute("SELECT id FROM notes ORDER BY id")]
    finally:
        connection.close()


def test_each_job_hears_of_its_own_rows(groups: Groups, path: str) -> None:
    assert groups.commit([[note(1)], [], [note(2), note(3)]]) == [[[(1,)]], [], [[(2,)], [(3,)]]]
    assert notes(path) == [1, 2, 3]


def test_who_makes_a_mistake_is_left_out_and_nobody_is_written_twice(groups: Groups, path: str) -> None:
    first, wrong, last = groups.commit([[note(1)], [note(2), note(1)], [note(3)]])
    assert (first, last) == ([[(1,)]], [[(3,)]])
    assert isinstance(wrong, RowRefused)
    assert notes(path) == [1, 3]


def test_where_the_database_is_held_nothing_is_written_and_nothing_waits(groups: Groups, path: str) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        groups.commit([[note(1)]])
    other.close()
    groups.commit([[note(2)]])
    assert notes(path) == [2]
