"""Statements: their values in the order in which they are sent."""

from sqlalchemy import bindparam, insert, update

from triforce_daemon.stores.audit.chain import Chain
from triforce_daemon.stores.postgresql.statement import Statement, legible
from triforce_daemon.stores.sqlite.database import SqliteDatabase
from triforce_daemon.stores.tables import invitations, model_lists


def test_values_stand_where_the_statement_wants_them() -> None:
    write = Statement(
        lambda: update(invitations).where(invitations.c.id == bindparam("at")).values(tier="pro", used=bindparam("now"))
    )(at="x", now=7)
    assert write.sql == "UPDATE invitations SET tier=$1::VARCHAR, used=$2::BIGINT WHERE invitations.id = $3::VARCHAR"
    assert list(write.values.values()) == ["pro", 7, "x"]


def test_a_value_that_stands_twice_is_sent_once() -> None:
    its_own = (invitations.c.id == bindparam("at")) | (invitations.c.digest == bindparam("at"))
    write = Statement(lambda: update(invitations).where(its_own).values(used=bindparam("now")))(at="x", now=7)
    assert write.sql.count("$2") == 2
    assert list(write.values.values()) == [7, "x"]


def test_a_zero_byte_has_a_picture() -> None:
    write = Statement(lambda: insert(model_lists))(provider="a\0", models="[]", gone="", fetched=None, failure=None)
    assert write.values["provider"] == "a␀"
    assert [legible(value) for value in ("a", 0, None, "\0\0")] == ["a", 0, None, "␀␀"]


def test_what_stands_behind_the_row_before_it_says_so_in_every_write() -> None:
    chain = Chain("c", SqliteDatabase("nowhere", "normal", 1))
    row = {"provider": "a", "models": "[]", "gone": "", "fetched": None, "failure": None}
    assert Statement(lambda: insert(model_lists), chain)(**row).sequel is chain
    assert Statement(lambda: insert(model_lists))(**row).sequel is None
