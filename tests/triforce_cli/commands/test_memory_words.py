"""What is typed of memory, as the daemon takes it."""

import pytest
import typer

from triforce_cli.commands._memory_words import COLUMNS, entries_of, given, life, rewritten
from triforce_cli.contexts import Globals
from triforce_cli.errors import WrongUsage


def test_lives() -> None:
    assert (life("2h"), life("5"), life("1ms"), life(" never ")) == (7_200, 5, 1, None)
    with pytest.raises(typer.BadParameter):
        life("soon")


def test_what_was_not_given_is_left_out() -> None:
    assert given(a=None, b=0, c="", d=[]) == {"b": 0, "c": "", "d": []}


def test_rows() -> None:
    entry = {"content": "\n  one\ntwo", "tags": ["a", "b"], "confidence": 0.456, "project": None}
    cells = {column.title: column.cell(entry) for column in COLUMNS if column.field in entry}
    assert cells == {"CONTENT": "one", "TAGS": "a, b", "PROJECT": "-", "CONF": "0.46"}
    assert (entries_of(1), entries_of(2)) == ("1 entry", "2 entries")


def test_nobody_is_there_to_edit() -> None:
    with pytest.raises(WrongUsage):
        rewritten("x", Globals({}, no_input=True))
