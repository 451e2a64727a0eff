"""Memory as a person reads it."""

from tests.triforce_cli.memory_replies import DETAIL, ENTRY, ID, LATER, STATS
from triforce_cli.output.memory_page import page, summary, versions
from triforce_cli.output.paint import Paint

PLAIN = Paint(False)


def test_an_entry_says_what_it_is() -> None:
    lines = page(DETAIL, PLAIN).splitlines()
    assert lines[:2] == ["The ledger is kept", "in PostgreSQL.␛[31m"]
    assert any(line.split() == ["replaced", "by", LATER] for line in lines)
    assert lines[-1].startswith("rejected by ben, ") and lines[-1].endswith("ago: moved (0.40)")
    current = page({**DETAIL, "current_id": ID, "validations": [], "tags": []}, PLAIN)
    assert "replaced" not in current and "rejected" not in current and "tags" not in current


def test_versions_follow_one_another() -> None:
    shown = versions([ENTRY, {**ENTRY, "version": 2, "id": LATER}], PLAIN)
    assert shown.index(f"version 1 {ID}") < shown.index(f"version 2 {LATER}")


def test_sums_leave_out_what_is_nothing() -> None:
    assert "ended" not in summary(STATS, PLAIN)
    assert "to come" not in summary({**STATS, "vectors": {"model": "m", "ready": 1, "missing": 0}}, PLAIN)
