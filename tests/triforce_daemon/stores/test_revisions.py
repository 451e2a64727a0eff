"""The revisions: those that the migrations have, and what becomes of a database of another one."""

import os

import alembic.config
import alembic.script
import pytest

from triforce_daemon.errors import StorageFailed
from triforce_daemon.stores import revisions
from triforce_daemon.stores.revisions import REVISIONS, is_newest


def test_they_are_those_of_the_migrations() -> None:
    config = alembic.config.Config()
    config.set_main_option("script_location", os.path.join(os.path.dirname(revisions.__file__), "migrations"))
    script = alembic.script.ScriptDirectory.from_config(config)
    assert tuple(reversed([one.revision for one in script.walk_revisions()])) == REVISIONS
    assert script.get_current_head() == REVISIONS[-1]


def test_a_newer_one_is_refused() -> None:
    assert is_newest(REVISIONS[-1], "here")
    assert not is_newest(REVISIONS[0], "here")
    assert not is_newest(None, "here")
    with pytest.raises(StorageFailed, match="here was written by a newer version") as raised:
        is_newest("9999", "here")
    assert "9999" in raised.value.message and raised.value.hint
