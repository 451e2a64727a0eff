"""Toolsets: categories, what the settings name, and the handful through which all are found."""

import pytest

from tests.triforce_daemon.toolbox.bench import entries
from triforce_daemon.errors import NotFound, ToolNotFound
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.toolsets import Toolsets


def names(*chosen: str) -> list[str]:
    sets = Toolsets(Catalog(entries()), {"mine": ["books_break", "books_find"], "broken": ["nothing"]})
    return [entry.name for entry in sets.chosen(chosen)]


def test_what_is_in_a_set_comes_in_the_catalogs_order() -> None:
    assert names("mine") == ["books_search", "books_break"]
    assert len(names("bench")) == len(names("all")) == len(names("mine", "bench")) == 4
    assert names("search") == []


def test_a_set_that_is_none_is_refused() -> None:
    with pytest.raises(NotFound, match="no toolset yours"):
        names("yours")
    with pytest.raises(ToolNotFound):
        names("broken")
