"""The catalog finds tools by today's names and former ones, and takes no name twice."""

import pytest

from tests.triforce_daemon.toolbox.bench import entries
from triforce_daemon.errors import ToolNotFound
from triforce_daemon.toolbox.catalog import Catalog


def test_tools_are_found_by_today_s_name_and_a_former_one() -> None:
    catalog = Catalog(entries())
    assert catalog.find("books_find").name == catalog.find("books_search").name == "books_search"
    assert [entry.name for entry in catalog] == ["books_search", "books_burn", "books_shelve", "books_break"]
    assert catalog.categories() == {"bench": 4} and len(catalog) == 4


def test_a_name_that_is_none_tells_what_looks_like_it() -> None:
    with pytest.raises(ToolNotFound) as refused:
        Catalog(entries()).find("book_search")
    assert refused.value.near and refused.value.near[0] == "books_search"


def test_no_name_is_taken_twice() -> None:
    search, *_ = entries()
    catalog = Catalog([search])
    with pytest.raises(ValueError, match="books_search"):
        catalog.add(search)


def test_a_mounted_servers_tools_go_with_it() -> None:
    catalog = Catalog(entries())
    catalog.remove_server("triforce")
    assert len(catalog) == 0
