"""What would become of a call, told without making it."""

from tests.triforce_daemon.toolbox.bench import OWNER, entries, token, user
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.explanation import explained


def test_a_call_that_would_run_and_what_it_needs() -> None:
    catalog = Catalog(entries())
    good = explained(catalog, OWNER, "books_burn", {"title": "x"})
    assert good.runs and good.approval and good.alias is None
    assert not explained(catalog, OWNER, "books_burn", {"title": "x", "dry_run": True}).approval


def test_every_reason_why_not_is_told() -> None:
    catalog = Catalog(entries())
    found = explained(catalog, token("t1", "tools"), "books_burn", {"titel": "x"})
    assert not found.runs and len(found.problems) == 2
    assert found.refused is not None and "tools:write" in found.refused.message
    unknown = explained(catalog, user(), "books_bern", {})
    assert unknown.entry is None and "books_burn" in unknown.near and not unknown.runs
