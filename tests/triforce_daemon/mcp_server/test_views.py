"""A list is written once for all who see the same, and anew when the tools change."""

from tests.triforce_daemon.toolbox.bench import OWNER, entries, token, user
from triforce_daemon.mcp_server.views import Views
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.toolsets import Toolsets


def test_a_list_is_written_once_for_all_who_see_the_same() -> None:
    catalog = Catalog(entries())
    views = Views(catalog, Toolsets(catalog, {}))
    first = views.written(user("anna"), "all")
    assert views.written(user("bert"), "all") is first
    others = [user("anna", "free"), token(), OWNER, user(admin=True)]
    assert all(views.written(one, "all") is not first for one in others)
    assert views.written(user("anna"), "bench") is not first


def test_it_is_written_anew_when_the_tools_change() -> None:
    *some, last = entries()
    catalog = Catalog(some)
    views = Views(catalog, Toolsets(catalog, {}))
    assert last.name.encode() not in views.written(OWNER, "all")
    catalog.add(last)
    assert last.name.encode() in views.written(OWNER, "all")
    catalog.remove_server("triforce")
    assert views.written(OWNER, "all") == b"[]"


def test_callers_who_are_all_different_do_not_fill_the_memory() -> None:
    catalog = Catalog(entries())
    views = Views(catalog, Toolsets(catalog, {f"s{number}": ["books_search"] for number in range(600)}))
    for number in range(600):
        views.written(OWNER, f"s{number}")
    assert len(views._written) <= 256
