"""`triforce memory`."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.triforce_cli.conftest import OnTerminal, Spawn, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.memory_replies import CHANGE, CLEARED, DETAIL, ENTRY, ID, LATER, RESULT, STATS, STORED
from tests.triforce_cli.person import Person


def asked(daemon: FakeDaemon) -> Any:
    return daemon.asked[-1].body


def test_add_sends_what_was_said_and_prints_the_id(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("memory", "add", "The", "port", "is 9100.")
    assert (done.status, done.out, done.err) == (0, f"{ID}\n", "Kept.\n")
    assert asked(fake_daemon) == {"content": "The port is 9100.", "type": "fact", "importance": "medium"}
    triforce(
        *("memory", "add", "x", "--type", "todo", "--tag", "a", "--tag", "b", "--project", "p"),
        *("--importance", "high", "--confidence", "0.5", "--ttl", "2h"),
    )
    assert asked(fake_daemon) == {
        "content": "x", "type": "todo", "tags": ["a", "b"], "project": "p", "importance": "high", "confidence": 0.5,
        "ttl_seconds": 7_200,
    }  # fmt: skip
    triforce("memory", "add", "x", "--ttl", "never")
    assert asked(fake_daemon)["ttl_seconds"] is None


def test_add_what_is_piped_in(fake_daemon: FakeDaemon, spawn: Spawn) -> None:
    assert spawn("memory", "add", stdin="two\nlines\n").out == f"{ID}\n"
    assert asked(fake_daemon)["content"] == "two\nlines\n"
    assert spawn("memory", "add", stdin=" \n").status == 2


@pytest.mark.parametrize(
    ("change", "words"), [(None, "It was there already."), (CHANGE, "It was there already, and has a new version.")]
)
def test_add_what_is_there(fake_daemon: FakeDaemon, triforce: Triforce, change: str | None, words: str) -> None:
    fake_daemon.answers("POST", "/v1/memory", {**STORED, "duplicate_of": ID, "change": change})
    assert triforce("memory", "add", "x").err == f"{words}\n"


@pytest.mark.parametrize("words", [["--ttl", "soon"], ["--confidence", "2"], ["--type", "rumour"]])
def test_add_what_makes_no_sense(fake_daemon: FakeDaemon, triforce: Triforce, words: list[str]) -> None:
    assert triforce("memory", "add", "x", *words).status == 2
    assert fake_daemon.asked == []


def test_list(fake_daemon: FakeDaemon, triforce: Triforce, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("POST", "/v1/memory/search", {**RESULT, "next": ID})
    done = triforce("memory", "list", "-n", "5", "--type", "code", "--tag", "t", "--project", "p")
    assert asked(fake_daemon) == {"limit": 5, "type": "code", "tags": ["t"], "project": "p"}
    assert done.out.split("\t")[:3] == [ID, "fact", "The ledger is kept in PostgreSQL.␛[31m"]
    shown = on_terminal("memory", "list", "-n", "5").out
    assert "The ledger is kept" in shown and "\x1b[31m" not in shown
    assert "There are more: triforce memory list -n 25" in shown


def test_search(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("memory", "search", "where", "is it?", "--json")
    assert json.loads(done.out) == RESULT
    assert asked(fake_daemon) == {"query": "where is it?", "limit": 20}
    done = triforce(
        *("memory", "search", "x", "--tag", "a", "--tag", "b", "--any-tag", "--min-confidence", "0.5"),
        *("--max-age", "2d", "--mode", "hybrid"),
    )
    assert asked(fake_daemon) == {
        "query": "x", "limit": 20, "tags": ["a", "b"], "tag_mode": "any", "min_confidence": 0.5, "max_age_hours": 48,
        "mode": "hybrid",
    }  # fmt: skip
    assert done.err == "Searched by words alone.\n"
    assert triforce("memory", "search", "x").err == "", "who did not choose is not told"


def test_search_by_meaning_without_a_model(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("POST", "/v1/memory/search", 503, "provider_unavailable", "It is not installed.")
    done = triforce("memory", "search", "x", "--mode", "vector")
    assert (done.status, "It is not installed." in done.err) == (69, True)


def test_show(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("memory", "show", ID).out
    for part in (
        "is kept\nin PostgreSQL.",
        "orion",
        "db, ledger",
        "0.80",
        LATER,
        "rejected by ben",
        "moved",
    ):
        assert part in shown
    assert "\x1b" not in shown
    assert json.loads(triforce("memory", "show", ID, "--json").out) == DETAIL
    assert "version 1" in triforce("memory", "show", ID, "--history").out
    assert json.loads(triforce("memory", "show", ID, "--history", "--json").out)["items"] == [ENTRY]
    fake_daemon.refuses("GET", "/v1/memory/zzz", 404, "not_found")
    assert triforce("memory", "show", "zzz").status == 5


def test_edit(fake_daemon: FakeDaemon, triforce: Triforce, spawn: Spawn) -> None:
    done = triforce("memory", "edit", ID, "--content", "new", "--tag", "", "--project", "", "--ttl", "never")
    assert (done.out, done.err) == (f"{ID}\n", "This is version 2.\n")
    assert asked(fake_daemon) == {"content": "new", "tags": [], "project": "", "ttl_seconds": None}
    triforce("memory", "edit", ID, "--type", "todo", "--importance", "low", "--confidence", "1", "--ttl", "1m")
    assert asked(fake_daemon) == {"type": "todo", "importance": "low", "confidence": 1.0, "ttl_seconds": 60}
    assert spawn("memory", "edit", ID, "--content", "-", stdin="piped").status == 0
    assert asked(fake_daemon) == {"content": "piped"}
    assert triforce("memory", "edit", ID).status == 2


def test_edit_in_an_editor(fake_daemon: FakeDaemon, environ: dict[str, str], home: Path) -> None:
    editor = home / "editor"
    editor.write_text('#!/bin/sh\nsed -i s/PostgreSQL/SQLite/ "$1"\n')
    editor.chmod(0o700)
    with Person("memory", "edit", ID, environ={**environ, "EDITOR": str(editor)}) as person:
        assert person.waits_for_the_end() == 0
    assert asked(fake_daemon) == {"content": "The ledger is kept\nin SQLite.\x1b[31m"}


def test_validate(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("memory", "validate", ID, "confirm", "--reason", "seen", "--by", "gemini")
    assert done.err == "Its confidence is 0.85 now.\n"
    assert asked(fake_daemon) == {"verdict": "confirm", "reason": "seen", "by": "gemini"}
    assert triforce("memory", "validate", ID, "perhaps").status == 2


def test_forget_asks_first(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", "/v1/memory/forget", {**CLEARED, "deleted": 0, "change": None})
    assert triforce("memory", "forget", ID).status == 6
    done = triforce("memory", "forget", "--project", "p", "--older-than", "12h", "--tag", "t", "--dry-run")
    assert done.out.startswith(ID)
    assert asked(fake_daemon) == {"project": "p", "older_than_days": 0.5, "tags": ["t"], "dry_run": True}
    fake_daemon.answers("POST", "/v1/memory/forget", CLEARED)
    triforce("memory", "list")
    done = triforce("memory", "forget", ID, "--yes")
    assert asked(fake_daemon) == {"ids": [ID], "dry_run": False}
    assert done.err == f"Forgot 1 entry. Back again: triforce memory undo {CHANGE}\n"


def test_forget_what_fits_nothing(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("POST", "/v1/memory/forget", {**CLEARED, "matched": 0, "items": [], "change": None})
    done = triforce("memory", "forget", "--type", "code")
    assert (done.status, done.err) == (0, "Nothing fits.\n")
    assert len(fake_daemon.asked) == 1


def test_undo(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("memory", "undo", CHANGE)
    assert done.err == f"Undone: 1 entry.\n{LATER} stays as it is: It was changed since.\n"


def test_stats(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("memory", "stats").out
    for part in ("1,200", "in orion", "in no project", "0.75", "51 kB", "1,000 entries, 200 to come"):
        assert part in shown
    fake_daemon.answers("GET", "/v1/memory/stats", {**STATS, "vectors": None, "avg_confidence": None, "expired": 2})
    shown = triforce("memory", "stats", "--project", "p").out
    assert "not installed" in shown and "on average" not in shown
    assert fake_daemon.asked[-1].query == {"project": "p"}
